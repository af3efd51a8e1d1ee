"""Plain values in, Discord's messages and forms out: pure, in one look, within every limit."""
