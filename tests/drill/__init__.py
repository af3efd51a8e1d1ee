"""A simulated day of a busy server, with faults from a seeded plan (see `scripts/drill`)."""
