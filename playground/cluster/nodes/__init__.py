"""The machines of the practice cluster: scheduling, and kubelets that act out containers instead of running them."""
