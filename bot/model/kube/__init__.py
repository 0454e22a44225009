"""Kubernetes objects, decoded straight from the wire into only the fields that the bot uses."""
