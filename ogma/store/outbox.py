"""The outbox: durable effects, claimed in order per lane, each done once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ogma.domain.clock import Millis
from ogma.domain.effects import Effect, Job, Kind
from ogma.store import tables
from ogma.store.database import Database, Row


def put(db: Database, effects: list[Effect], now: Millis) -> None:
    """Write effects in the caller's transaction; one whose key is known already is left alone."""
    for effect in effects:
        required = None
        if effect.requires is not None:
            required = db.execute("SELECT id FROM job WHERE key = ?", (effect.requires,))[0][0]
        db.run(
            tables.Job.insert(
                kind=effect.kind,
                key=effect.key,
                lane=effect.lane,
                requires=required,
                ticket_id=effect.ticket_id,
                payload=json.dumps(dict(effect.payload), ensure_ascii=False),
                created_at=now,
                run_at=now,
            ).on_conflict_ignore()
        )


_CLAIM = """
UPDATE job SET state = 'doing', attempts = attempts + 1, lease_until = :lease
WHERE id IN (
  SELECT j.id FROM job j
  WHERE j.state = 'todo' AND j.run_at <= :now
    AND NOT EXISTS (SELECT 1 FROM job b
                    WHERE b.lane = j.lane AND b.state IN ('todo', 'doing') AND b.id < j.id)
    AND (j.requires IS NULL
         OR EXISTS (SELECT 1 FROM job r WHERE r.id = j.requires AND r.state = 'done'))
  ORDER BY j.id LIMIT :limit)
RETURNING id, kind, key, lane, ticket_id, payload, attempts, created_at
"""


def claim(db: Database, now: Millis, lease: Millis, limit: int) -> list[Job]:
    """Take the effects that may run now, at most one per lane, oldest first."""
    rows = db.execute(_CLAIM, {"now": now, "lease": now + lease, "limit": limit})  # type: ignore[arg-type]
    jobs = [
        Job(row[0], Kind(row[1]), row[2], row[3], row[4], json.loads(row[5]), row[6], row[7])
        for row in rows
    ]
    return sorted(jobs, key=lambda job: job.id)


def done(db: Database, job_id: int, receipt: Mapping[str, Any], now: Millis) -> None:
    """Note that the effect has happened, and what came of it."""
    db.run(
        tables.Job.update(
            state="done", receipt=json.dumps(dict(receipt)), done_at=now, lease_until=None
        ).where(tables.Job.id == job_id)
    )


def retry(db: Database, job_id: int, error: str, run_at: Millis) -> None:
    """Try again later."""
    db.run(
        tables.Job.update(state="todo", last_error=error, run_at=run_at, lease_until=None).where(
            tables.Job.id == job_id
        )
    )


def fail(db: Database, job_id: int, error: str, now: Millis) -> None:
    """Give up, and block what needs it; both stay to be seen and retried by hand."""
    db.run(
        tables.Job.update(state="failed", last_error=error, done_at=now, lease_until=None).where(
            tables.Job.id == job_id
        )
    )
    db.execute(_BLOCK, (job_id,))


_NEEDING = """
WITH RECURSIVE needing (id) AS (
  SELECT id FROM job WHERE requires = ?
  UNION SELECT j.id FROM job j JOIN needing n ON j.requires = n.id)
"""
_BLOCK = f"""{_NEEDING}
UPDATE job SET state = 'blocked' WHERE state = 'todo' AND id IN (SELECT id FROM needing)
"""
_UNBLOCK = f"""{_NEEDING}
UPDATE job SET state = 'todo', run_at = ? WHERE state = 'blocked'
  AND id IN (SELECT id FROM needing)
"""


def recover(db: Database, now: Millis) -> int:
    """Free what a dead process had claimed: at start, everything that is still 'doing'."""
    table = tables.Job
    changed = table.update(state="todo", lease_until=None, run_at=now)
    return db.run(changed.where(table.state == "doing"))


def again(db: Database, job_id: int, now: Millis) -> bool:
    """Retry by hand an effect that failed or waits after a failure, with what it blocked.

    False when it has not failed. It counts as tried once, so that its handler looks first.
    """
    table = tables.Job
    fresh = {"state": "todo", "run_at": now, "attempts": 1}
    waits = (table.state == "todo") & table.last_error.is_null(False) & (table.run_at > now)
    failed = (table.state == "failed") | waits
    changed = db.run(table.update(fresh).where(table.id == job_id, failed))
    if changed:
        db.execute(_UNBLOCK, (job_id, now))
    return bool(changed)


def waiting_for(db: Database, job_id: int) -> list[Job]:
    """An effect and all that need it, as far as they are not done."""
    rows = db.execute(
        f"{_NEEDING} SELECT id, kind, key, lane, ticket_id, payload, attempts, created_at FROM job"
        " WHERE state <> 'done' AND (id = ? OR id IN (SELECT id FROM needing)) ORDER BY id",
        (job_id, job_id),
    )
    return [
        Job(row[0], Kind(row[1]), row[2], row[3], row[4], json.loads(row[5]), row[6], row[7])
        for row in rows
    ]


def cancel(db: Database, job_id: int, now: Millis) -> None:
    """Retire an effect that is not wanted any more."""
    table = tables.Job
    receipt = json.dumps({"dropped": "cancelled by hand"})
    changed = table.update(state="done", receipt=receipt, done_at=now, lease_until=None)
    db.run(changed.where(table.id == job_id))


def planned_answers(db: Database, lane: str) -> list[int]:
    """The answers of a lane that nobody has begun to send."""
    sql = (
        "SELECT payload ->> '$.answer' FROM job"
        " WHERE lane = ? AND kind = 'answer' AND state IN ('todo', 'blocked')"
    )
    return [int(row[0]) for row in db.execute(sql, (lane,))]


def drop_lane(db: Database, lane: str, kinds: list[Kind], reason: str, now: Millis) -> None:
    """Retire waiting effects of a lane that have lost their sense (its ticket is closing)."""
    table = tables.Job
    receipt = json.dumps({"dropped": reason})
    db.run(
        table.update(state="done", receipt=receipt, done_at=now).where(
            table.lane == lane, table.kind.in_(kinds), table.state.in_(["todo", "blocked"])
        )
    )


def listed(db: Database, states: list[str] | None, limit: int) -> list[Row]:
    """Effects as rows, newest first."""
    table = tables.Job
    query = table.select().order_by(table.id.desc()).limit(limit)
    return db.rows(query.where(table.state.in_(states)) if states else query)


def of_ticket(db: Database, number: int) -> list[Row]:
    """A ticket's effects, oldest first."""
    table = tables.Job
    return db.rows(table.select().where(table.ticket_id == number).order_by(table.id))


def anything_due(db: Database, now: Millis) -> bool:
    """A cheap look before a claim, which needs the write lock."""
    sql = "SELECT EXISTS (SELECT 1 FROM job WHERE state = 'todo' AND run_at <= ?)"
    return bool(db.execute(sql, (now,))[0][0])


def receipts(db: Database, ticket_id: int) -> set[int]:
    """Message ids that other effects of the ticket have already made."""
    rows = db.execute(
        "SELECT receipt ->> '$.message' FROM job"
        " WHERE ticket_id = ? AND receipt ->> '$.message' IS NOT NULL",
        (ticket_id,),
    )
    return {int(row[0]) for row in rows}


def states(db: Database) -> dict[str, int]:
    """How many effects stand in which state."""
    return {row[0]: row[1] for row in db.execute("SELECT state, count(*) FROM job GROUP BY state")}


def waiting(db: Database, lane: str) -> bool:
    """Whether an effect of this lane is still to be done."""
    sql = "SELECT EXISTS (SELECT 1 FROM job WHERE lane = ? AND state = 'todo')"
    return bool(db.execute(sql, (lane,))[0][0])


def assignment_waits(db: Database, ticket_id: int) -> bool:
    """Whether an assignment of this ticket has still to begin."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM job WHERE ticket_id = ? AND kind = 'assign'"
        " AND state = 'todo')"
    )
    return bool(db.execute(sql, (ticket_id,))[0][0])


def warning_waits(db: Database, ticket_id: int) -> bool:
    """Whether an inactivity warning of this ticket is still to be posted."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM job WHERE ticket_id = ? AND kind = 'say'"
        " AND state IN ('todo', 'doing') AND payload ->> '$.notice' = 'inactive')"
    )
    return bool(db.execute(sql, (ticket_id,))[0][0])
