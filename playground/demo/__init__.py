"""The demo: practice Slack, practice cluster, servers and the real bot, put together for whoever wants to see it."""
