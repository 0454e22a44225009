"""The Slack adapter: socket, handlers that only convert and ack, sender, directory."""
