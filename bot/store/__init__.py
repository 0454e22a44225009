"""The database adapter: PostgreSQL holds all state, Redis only what may be lost."""
