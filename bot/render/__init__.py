"""Values to Block Kit: the only room that knows Slack's limits and escaping."""
