"""Block Kit as Slack judges it: tables of what is allowed, and one walk that says what is wrong and where."""
