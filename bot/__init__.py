"""A Slack bot that runs a SaaS on Kubernetes, PostgreSQL and CephFS."""
