"""The flows: dispatch, authorise, approve, execute, follow, notify."""
