"""The links of the chain of archives: only ever added to."""

from __future__ import annotations

import json

from ogma.domain.chain import FIRST, Link, LinkKind
from ogma.store import tables
from ogma.store.database import Database, Row


def links(db: Database) -> list[Link]:
    """All of them, oldest first."""
    table = tables.ArchiveLink
    return [_link(row) for row in db.rows(table.select().order_by(table.id))]


def last(db: Database) -> tuple[int, str]:
    """(id, head) of the newest link; (0, FIRST) before there is one."""
    table = tables.ArchiveLink
    row = db.row(table.select().order_by(table.id.desc()).limit(1))
    return (row["id"], row["head"]) if row else (0, FIRST)


def of_ticket(db: Database, number: int) -> Link | None:
    """The newest link of a ticket."""
    table = tables.ArchiveLink
    query = table.select().where(table.ticket_id == number).order_by(table.id.desc()).limit(1)
    row = db.row(query)
    return _link(row) if row else None


def add(db: Database, link: Link) -> None:
    """Append a link. Part of the caller's transaction."""
    db.run(
        tables.ArchiveLink.insert(
            id=link.id,
            at=link.at,
            kind=link.kind,
            ticket_id=link.ticket,
            files=json.dumps(dict(link.files), sort_keys=True),
            head=link.head,
        )
    )


def archived(db: Database) -> list[int]:
    """Tickets that have an archive."""
    table = tables.Ticket
    query = table.select(table.id).where(table.archive_path.is_null(False))
    return [row["id"] for row in db.rows(query.order_by(table.id))]


def _link(row: Row) -> Link:
    return Link(
        id=row["id"],
        at=row["at"],
        kind=LinkKind(row["kind"]),
        ticket=row["ticket_id"],
        files=json.loads(row["files"]),
        head=row["head"],
    )
