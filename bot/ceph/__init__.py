"""The storage adapter: quotas and usage over ssh to the storage nodes, through the helper that they run."""
