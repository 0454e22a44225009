"""Watchers, one condition a file: what is wrong with an object now."""
