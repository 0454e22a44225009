"""Commands, one a file: what may be asked of the bot."""
