"""Commands that propose a change."""
