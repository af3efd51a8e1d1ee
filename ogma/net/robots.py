"""What a site's robots.txt allows (RFC 9309), read by protego.

The standard library's parser takes the first rule that fits, where the RFC wants the longest, and
knows no wildcards.
"""

from __future__ import annotations

from typing import Final

from protego import Protego

AGENT: Final = "Ogma"
"""The name that robots.txt may address."""
LARGEST: Final = 512 * 1024
LONGEST_DELAY_S: Final = 30.0


class Robots:
    """One site's rules."""

    def __init__(self, text: str, broken: int | None = None) -> None:
        """`broken`: the HTTP status of a server that has rules and cannot give them."""
        self._rules = Protego.parse(text)
        self.broken = broken

    @classmethod
    def answered(cls, status: int, body: bytes) -> Robots:
        """By what the server said: none there means all is allowed, a broken server nothing."""
        if 200 <= status < 300:
            return cls(body.decode("utf-8", errors="replace"))
        return cls("", broken=None if 400 <= status < 500 else status)

    def allows(self, url: str) -> bool:
        """Whether this page may be fetched."""
        return self.broken is None and bool(self._rules.can_fetch(url, AGENT))

    @property
    def delay_s(self) -> float:
        """The pause between requests that the site asks for, within reason; 0 for none."""
        asked = self._rules.crawl_delay(AGENT)
        return min(float(asked), LONGEST_DELAY_S) if asked else 0.0
