"""The vectors of single lines, of passages that are lists of short ones."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE embedding ADD COLUMN lines BLOB",
    "UPDATE knowledge SET generation = generation + 1, stamp = lower(hex(randomblob(8)))"
    " WHERE EXISTS (SELECT 1 FROM embedding)",
    # What may be such a list is embedded anew; its words are found meanwhile.
    "DELETE FROM embedding WHERE chunk_id IN"
    " (SELECT id FROM chunk WHERE instr(text, char(10) || char(10)) > 0)",
    "DELETE FROM calibration",
)


def up(migrator: Any, db: Any) -> None:
    """Add the column: vectors as in `vector`, one after another, in the order of the lines."""
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)
