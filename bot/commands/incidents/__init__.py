"""Commands about incidents: what is wrong, and what was."""
