"""The chain of archives, begun with those that are there."""

from __future__ import annotations

import json
from typing import Any

from ogma.domain.chain import FIRST, Link, LinkKind, head_after

STATEMENT = """
CREATE TABLE archive_link (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('archived', 'erased')),
  ticket_id INTEGER NOT NULL,
  files TEXT NOT NULL,
  head TEXT NOT NULL
) STRICT
"""


def up(migrator: Any, db: Any) -> None:
    """Create the table. It refers to no ticket, so that a link outlives what it speaks of."""
    del migrator
    db.execute_sql(STATEMENT)
    db.execute_sql("CREATE INDEX archive_link_ticket ON archive_link (ticket_id, id)")
    there = db.execute_sql(
        "SELECT id, archived_at, archive_sha256 FROM ticket WHERE archive_sha256 IS NOT NULL"
        " ORDER BY archived_at, id"
    ).fetchall()
    head = FIRST
    for position, (number, at, digest) in enumerate(there, start=1):
        files = {"transcript.json": digest}
        head = head_after(head, Link(position, at, LinkKind.ARCHIVED, number, files, ""))
        values = (position, at, str(LinkKind.ARCHIVED), number, json.dumps(files), head)
        db.execute_sql("INSERT INTO archive_link VALUES (?, ?, ?, ?, ?, ?)", values)
