"""Pure rules and shared values: no I/O, no clock (`now` is always an argument)."""
