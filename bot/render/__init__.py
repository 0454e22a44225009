"""Values → Block Kit: the only place that knows Slack's limits and escaping; decides nothing."""
