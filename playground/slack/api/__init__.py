"""The Web API: one table of methods, grouped by family."""
