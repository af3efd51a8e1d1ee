"""Use cases of what is kept: copies, proofs, exports, erasure."""
