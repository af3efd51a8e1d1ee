"""Figures as pages with charts."""
