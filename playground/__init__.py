"""The practice world: what the bot is tried on. Nothing in bot/ imports it."""
