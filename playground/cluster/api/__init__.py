"""The HTTP side of the practice cluster: requests in Kubernetes' API conventions, and its answers."""
