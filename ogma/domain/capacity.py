"""How many channels Discord lets a server and a category have, and what that means (O6)."""

from __future__ import annotations

from typing import Final

SERVER_FULL: Final = 500
"""Channels of a server, categories included."""
SERVER_CROWDED: Final = 450
"""From here on staff are warned."""
CATEGORY_FULL: Final = 50
CATEGORY_CROWDED: Final = 45
