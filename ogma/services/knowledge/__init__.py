"""Use cases of the knowledge base: taking in, searching, measuring."""
