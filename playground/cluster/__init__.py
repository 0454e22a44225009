"""A Kubernetes API server with controllers, in one process and without containers, to practise on."""

from playground.cluster.cluster import PracticeCluster

__all__ = ["PracticeCluster"]
