"""A practice Slack: Web API and Socket Mode on loopback, strict where an ops bot breaks."""
