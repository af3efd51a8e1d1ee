"""Which addresses a transcript may link to. Everything that becomes an href passes here."""

from __future__ import annotations

import re
from typing import Final

MAX_URL: Final = 2048
_ALLOWED = re.compile(r"(?:https?://[^\s]|mailto:[^\s@]+@)", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"[\x00-\x20\x7f-\x9f\s<>\"`\\\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def safe_url(url: object) -> str | None:
    """The address itself when it is plain http, https or mailto, else None.

    Browsers drop tabs, line breaks and leading control characters before they read the scheme,
    so an address that has any of these is not repaired but refused.
    """
    if not isinstance(url, str) or not 0 < len(url) <= MAX_URL:
        return None
    if _FORBIDDEN.search(url) or not _ALLOWED.match(url):
        return None
    return url
