"""Queries on the calibration, one row or none, and on the chunks that it is made from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ogma.domain.calibration import Calibration
from ogma.domain.clock import Millis
from ogma.store.database import Database


@dataclass(frozen=True, slots=True)
class Stored:
    """A calibration and what it was made from."""

    calibration: Calibration
    fingerprint: str | None
    """The embedding model's; None for words alone."""
    generation: int
    newest_chunk: int
    made_at: Millis


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk as it is indexed."""

    chunk_id: int
    document_id: int
    context: str
    text: str


def load(db: Database) -> Stored | None:
    """The calibration, whatever it was made from."""
    rows = db.execute(
        "SELECT model, fingerprint, generation, newest_chunk, made_at FROM calibration"
    )
    if not rows:
        return None
    model, *rest = rows[0]
    values = json.loads(model)
    return Stored(Calibration(**{**values, "weights": tuple(values["weights"])}), *rest)


def save(
    db: Database,
    calibration: Calibration,
    fingerprint: str | None,
    generation: int,
    now: Millis,
) -> None:
    """Keep a calibration in place of the last one."""
    db.execute(
        "INSERT OR REPLACE INTO calibration  SELECT 1, ?, ?, coalesce(max(id), 0), ?, ? FROM chunk",
        (fingerprint, generation, now, json.dumps(asdict(calibration))),
    )


def drop(db: Database) -> None:
    """Forget the calibration."""
    db.execute("DELETE FROM calibration")


def changed_chunks(db: Database, stored: Stored) -> int:
    """How many chunks came or went since the calibration was made."""
    new, old = db.execute(
        "SELECT count(*) FILTER (WHERE id > ?1), count(*) FILTER (WHERE id <= ?1) FROM chunk",
        (stored.newest_chunk,),
    )[0]
    return int(new) + max(0, stored.calibration.chunks - int(old))


def sample(db: Database, most: int) -> list[Row]:
    """At most `most` chunks, evenly spread over all in their order."""
    rows = db.execute(
        "SELECT id, document_id, context, text FROM (SELECT *, row_number() OVER (ORDER BY id)"
        " AS number, count(*) OVER () AS total FROM chunk)"
        " WHERE total <= ?1 OR (number * ?1) / total > ((number - 1) * ?1) / total ORDER BY id",
        (most,),
    )
    return [Row(*row) for row in rows]


def documents_of(db: Database, chunk_ids: Sequence[int]) -> dict[int, int]:
    """Chunk id -> document id of the chunks named."""
    rows = db.execute(
        "SELECT id, document_id FROM chunk WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(chunk_ids)),),
    )
    return dict(rows)
