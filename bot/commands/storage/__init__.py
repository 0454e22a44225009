"""Quotas and usage of the instances on the shared file system."""
