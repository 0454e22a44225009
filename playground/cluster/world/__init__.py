"""The worlds that a practice cluster can start with: manifests that a real cluster would take too."""
