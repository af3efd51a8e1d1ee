"""The chain of archives (T3): each link's head covers all links before it.

Whoever has noted a head can tell later that nothing up to it was changed, taken out or slipped in:
the heads are computed anew from the links, and a changed past gives other heads. An erasure is a
link of its own, a tombstone; the erased archive's digest stays in the chain, its content does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.clock import Millis

FIRST: Final = "0" * 64
"""The head of an empty chain."""


class LinkKind(StrEnum):
    """What a link says of its ticket."""

    ARCHIVED = "archived"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Link:
    """One link as it is stored. `files` has the SHA-256 of each file of the archive by its name."""

    id: int
    """Counted from 1 without a gap."""
    at: Millis
    kind: LinkKind
    ticket: int
    files: Mapping[str, str]
    head: str


def head_after(before: str, link: Link) -> str:
    """The head that belongs to a link, given the head before it."""
    said = [before, link.id, link.at, link.kind, link.ticket, dict(sorted(link.files.items()))]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def breaks(links: Iterable[Link]) -> Iterator[str]:
    """One sentence for each place where the chain is not what it was."""
    head = FIRST
    for expected, link in enumerate(links, start=1):
        if link.id != expected:
            yield f"link {expected} is missing: the next one is {link.id}"
            return
        head = head_after(head, link)
        if head != link.head:
            yield f"link {link.id} (ticket {link.ticket}) or one before it was changed"
            return


def newest(links: Iterable[Link]) -> dict[int, Link]:
    """By ticket, the link that counts: the last one."""
    return {link.ticket: link for link in links}
