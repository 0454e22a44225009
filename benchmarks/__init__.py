"""Figures of the Kubernetes adapter, each beside a baseline measured in the same run: `python -m benchmarks`."""
