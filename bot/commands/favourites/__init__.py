"""Commands that keep lines at hand."""
