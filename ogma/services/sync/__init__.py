"""Use cases of followed websites: what is due, what has changed, how healthy they are."""
