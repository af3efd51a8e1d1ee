"""Use cases, synchronous; the only place that opens a write transaction."""
