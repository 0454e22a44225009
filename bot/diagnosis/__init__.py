"""Evidence to likely cause, for alerts and for why."""
