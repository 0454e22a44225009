"""A Kubernetes API server with controllers, in one process and without containers, to practise on.

What the contract suite (tests/contract/cluster) asks of it, it does as a real cluster does. Not acted out:
autoscaling/v1 and events.k8s.io (autoscaling/v2 and the core group are there), attach and port-forward, ephemeral
containers, probes by gRPC and at the start, what listens where (by HTTP and TCP a server passes its probes, a script
is refused), quotas of anything but pods, CPU and memory, webhooks, `kubectl explain`.
"""

from playground.cluster.cluster import PracticeCluster

__all__ = ["PracticeCluster"]
