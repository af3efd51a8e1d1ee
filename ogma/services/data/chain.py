"""`ogma tickets verify`: archives chained by digests, and the proof that none has changed (T3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ogma.domain.chain import Link, LinkKind, breaks, head_after, newest
from ogma.errors import NotFound
from ogma.services import attachments
from ogma.services.desk import Desk
from ogma.store import chain, tickets

DIGESTED = "transcript.json"
PAGES = ("transcript.html", "customer.html")


def add(desk: Desk, number: int, folder: Path, sha256: str) -> None:
    """Chain an archive that is safe on disk. Part of the caller's transaction.

    An archive that was written again, and is the same, adds nothing.
    """
    pages = {name: _digest(folder / name) for name in PAGES if (folder / name).is_file()}
    _append(desk, number, LinkKind.ARCHIVED, {DIGESTED: sha256, **pages})


def bury(desk: Desk, number: int) -> None:
    """Leave a tombstone for an archive that is erased. Part of the caller's transaction."""
    if chain.of_ticket(desk.db, number) is not None:
        _append(desk, number, LinkKind.ERASED, {})


def _append(desk: Desk, number: int, kind: LinkKind, files: Mapping[str, str]) -> None:
    before = chain.of_ticket(desk.db, number)
    if before is not None and (before.kind, before.files) == (kind, files):
        return
    last, head = chain.last(desk.db)
    link = Link(last + 1, desk.now(), kind, number, files, "")
    chain.add(desk.db, Link(link.id, link.at, kind, number, files, head_after(head, link)))


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the chain and at every file found."""

    head: str
    """To be noted by the owner, somewhere else."""
    links: int
    archives: int
    erased: int
    files: int
    faults: tuple[str, ...]
    since: Link | None = None
    """The link of the head that the owner had noted."""


def verify(desk: Desk, noted: str | None = None) -> Verified:
    """Check the chain and every archive against it; `noted` is a head, or its first characters.

    Raises NotFound for a noted head that no link has: then the past is not the one that was noted.
    """
    links = chain.links(desk.db)
    counting = newest(links).values()
    archives = [link for link in counting if link.kind is LinkKind.ARCHIVED]
    files = 0
    faults = list(breaks(links))
    for link in archives:
        folder = _folder(desk, link.ticket)
        if folder is None:
            faults.append(f"ticket {link.ticket}: its archive is nowhere, and was not erased")
            continue
        faults += _archive_faults(folder, link)
        found, lost = _attachment_faults(desk, link.ticket, folder)
        files += len(link.files) + found
        faults += lost
    faults += _unchained(desk, {link.ticket for link in archives})
    since = _noted(links, noted) if noted else None
    head = chain.last(desk.db)[1]
    erased = len(counting) - len(archives)
    return Verified(head, len(links), len(archives), erased, files, tuple(faults), since)


def _noted(links: list[Link], noted: str) -> Link:
    wanted = noted.strip().lower()
    found = [link for link in links if link.head.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(
            f"No link of the chain has the head {noted}: the archives up to it are not those that "
            "it was noted for. They were changed, or an older backup was restored."
        )
    return found[0]


def _folder(desk: Desk, number: int) -> Path | None:
    ticket = tickets.get(desk.db, number)
    return desk.data / ticket.archive_path if ticket and ticket.archive_path else None


def _archive_faults(folder: Path, link: Link) -> Iterator[str]:
    for name, digest in sorted(link.files.items()):
        yield from _file_fault(folder / name, digest, f"ticket {link.ticket}: {name}")


def _file_fault(path: Path, digest: str, what: str) -> Iterator[str]:
    if not path.is_file():
        yield f"{what} is missing"
    elif _digest(path) != digest:
        yield f"{what} was changed"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _attachment_faults(desk: Desk, number: int, folder: Path) -> tuple[int, list[str]]:
    """(how many attachments the archive has on disk, what is wrong with them).

    Their digests stand in the archive itself, which the chain protects, and are their names.
    """
    try:
        archived = json.loads((folder / DIGESTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0, []  # told already, as the file's own fault
    digests = {
        file["sha256"]
        for message in archived["messages"]
        for file in message["files"]
        if file["kept"]
    }
    faults = [
        fault
        for digest in sorted(digests)
        for fault in _file_fault(
            attachments.place(desk, digest),
            digest,
            f"ticket {number}: the attachment {digest[:12]}",
        )
    ]
    return len(digests), faults


def _unchained(desk: Desk, chained: set[int]) -> Iterator[str]:
    for number in chain.archived(desk.db):
        if number not in chained:
            yield f"ticket {number} has an archive that is not in the chain"
