"""The way out: HTTP behind one address rule, for URL sync, webhooks and tools (P41)."""
