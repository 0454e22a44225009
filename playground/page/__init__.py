"""The page of the practice Slack: server-drawn HTML, patched over one WebSocket."""
