"""Values: no I/O, no clock, no client library."""
