"""Ogma: a self-hosted AI support desk for Discord."""

from __future__ import annotations

__version__ = "0.1.0"
