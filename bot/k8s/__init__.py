"""The Kubernetes adapter: the only room that speaks to an API server."""
