"""The answers to a type's own intake fields."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ogma.domain.intake import FieldAnswer
from ogma.store import tables
from ogma.store.database import Database


def add(db: Database, number: int, answers: Sequence[FieldAnswer]) -> None:
    """Store a new ticket's answers, in their order."""
    for position, one in enumerate(answers):
        db.run(
            tables.IntakeAnswer.insert(
                ticket_id=number,
                position=position,
                field_id=one.field_id,
                label=one.label,
                kind=one.kind,
                answer=one.text,
                files=json.dumps([dict(file) for file in one.files], ensure_ascii=False),
            )
        )


def of_ticket(db: Database, number: int) -> tuple[FieldAnswer, ...]:
    """A ticket's answers, in their order."""
    table = tables.IntakeAnswer
    rows = db.rows(table.select().where(table.ticket_id == number).order_by(table.position))
    return tuple(
        FieldAnswer(
            row["field_id"],
            row["label"],
            row["kind"],
            row["answer"],
            tuple(json.loads(row["files"])),
        )
        for row in rows
    )
