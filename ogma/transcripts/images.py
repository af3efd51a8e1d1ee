"""Pictures that stand in the file itself, as `data:` addresses, within a budget."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

from ogma.domain.archive import ArchivedFile

MAX_IMAGE: Final = 200 * 1024
"""Bytes of one picture on disk; a larger one becomes a card."""
MAX_TOTAL: Final = 6 * 1024 * 1024
"""Characters of all pictures in one transcript, as written, so that it fits Discord's 8 MiB."""


class ImageBudget:
    """Hands out `data:` addresses until the budget of one transcript is spent."""

    def __init__(self, total: int = MAX_TOTAL) -> None:
        self._left = total

    def inline(self, file: ArchivedFile) -> str | None:
        """The picture as a `data:` address; None if it is none, too large, or unreadable."""
        if file.path is None or not 0 < file.size <= MAX_IMAGE:
            return None
        try:
            with Path(file.path).open("rb") as stream:
                content = stream.read(MAX_IMAGE + 1)
        except OSError:
            return None
        kind = _kind(content)
        if kind is None or len(content) > MAX_IMAGE:
            return None
        address = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
        if len(address) > self._left:
            return None
        self._left -= len(address)
        return address


def _kind(content: bytes) -> str | None:
    """The type by content, never by name: only pictures that cannot carry script."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None
