"""Archived tickets as files: HTML, Markdown, JSON and text, for the customer or for staff."""
