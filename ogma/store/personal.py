"""Erasing and finding what is kept of a person, down the register of personal data (D1, D2)."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from ogma.domain.clock import Millis
from ogma.errors import StoreBusy
from ogma.store import records
from ogma.store.database import Database, Row
from ogma.store.register import REGISTER, Rows

SMALLEST_ID: Final = 10**15
"""Discord's ids are longer; the digits of a smaller number may be part of anything."""
CHECKPOINTS: Final = 100
"""Attempts, a tenth of a second apart, to empty the write-ahead log beside a running bot."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An erasure that is under way or was interrupted, so that another run can finish it."""

    user: int
    names: list[str]
    anew: list[int]
    """Tickets of others whose archives are still to be written anew."""


def begun(db: Database) -> Begun | None:
    """The erasure that has not come to its end."""
    text = records.meta(db, _BEGUN)
    return Begun(**json.loads(text)) if text else None


def begin(db: Database, erasure: Begun) -> None:
    """Note how far an erasure is, in the caller's transaction."""
    records.set_meta(db, _BEGUN, json.dumps(asdict(erasure), ensure_ascii=False))


def end(db: Database) -> None:
    """The erasure is done: nothing of it is kept but its receipt."""
    with db.write():
        db.execute("DELETE FROM meta WHERE key = ?", (_BEGUN,))
    _empty_log(db)


_BEGUN: Final = "erasing"


def erase_ticket(db: Database, number: int, customer: int, now: Millis) -> dict[str, int]:
    """Erase a ticket's content in the caller's transaction; the row stays for the statistics.

    Gives how many rows of which table were erased.
    """
    values = {"ticket": number, "customer": customer, "now": now}
    return {
        table: sum(_erase(db, table, rows, values) for rows in holding.ticket)
        for table, holding in REGISTER.items()
        if holding.ticket
    }


def erase_person(db: Database, user: int, names: Sequence[str]) -> dict[str, int]:
    """Erase what a person has left elsewhere, in the caller's transaction; rows by table."""
    erased = {
        table: sum(_erase(db, table, rows, {"user": user}) for rows in holding.person)
        for table, holding in REGISTER.items()
        if holding.person
    }
    for table, holding in REGISTER.items():
        if holding.ids and user >= SMALLEST_ID:
            _take_out_id(db, table, user)
        for column in holding.names:
            for name in names:
                _take_out_name(db, table, column, name)
    return erased


def names_of(db: Database, user: int) -> list[str]:
    """What a person was called, in any table."""
    sql = (
        "SELECT customer_name FROM ticket WHERE customer_id = ?1"
        " UNION SELECT author_name FROM message WHERE author_id = ?1"
        " UNION SELECT name FROM participant WHERE user_id = ?1"
        " UNION SELECT name FROM block WHERE user_id = ?1"
    )
    return [str(row[0]) for row in db.execute(sql, (user,)) if row[0]]


def _erase(db: Database, table: str, rows: Rows, values: Mapping[str, int]) -> int:
    if rows.blanks is None:
        sql = f"DELETE FROM {table} WHERE {rows.where}"
    else:
        blanks = ", ".join(f"{column} = {value}" for column, value in rows.blanks.items())
        sql = f"UPDATE {table} SET {blanks} WHERE {rows.where}"
    db.execute(sql, values)  # type: ignore[arg-type]
    return int(db.execute("SELECT changes()")[0][0])


def _take_out_id(db: Database, table: str, user: int) -> None:
    """Mentions of a person in other people's words, payloads and receipts."""
    columns = db.execute(f"SELECT name, type FROM pragma_table_info('{table}')")
    for name, kind in columns:
        if kind == "TEXT":
            db.execute(
                f"UPDATE {table} SET {name} = replace({name}, :id, '0')"
                f" WHERE instr({name}, :id) > 0",
                {"id": str(user)},  # type: ignore[arg-type]
            )


def _take_out_name(db: Database, table: str, column: str, name: str) -> None:
    quoted = json.dumps(name, ensure_ascii=False)
    db.execute(
        f"UPDATE {table} SET {column} = CASE {column} WHEN :name THEN ''"
        f" ELSE replace({column}, :quoted, '\"\"') END"
        f" WHERE {column} = :name OR instr({column}, :quoted) > 0",
        {"name": name, "quoted": quoted},  # type: ignore[arg-type]
    )


def tables_of(db: Database) -> frozenset[str]:
    """Every table of the schema, without what SQLite and full-text indexes keep for themselves."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    virtual = [name for name, sql in rows if sql.startswith("CREATE VIRTUAL")]
    return frozenset(
        name
        for name, _ in rows
        if name not in virtual
        and not name.startswith("sqlite_")
        and not any(name.startswith(f"{one}_") for one in virtual)
    )


def tickets_of(db: Database, customer: int) -> list[Row]:
    """A customer's tickets, oldest first: number, state, archive folder, channel."""
    sql = "SELECT id, state, archive_path, channel_id FROM ticket WHERE customer_id = ? ORDER BY id"
    return db.rows((sql, (customer,)))


def take_out_channels(db: Database, channels: Sequence[int]) -> list[int]:
    """Take what these channels were called out of other tickets' names; gives those tickets.

    A channel is called after its customer. In the caller's transaction.
    """
    gone = {f"#{channel}" for channel in channels}
    changed = []
    for key, text in db.execute("SELECT key, value FROM meta WHERE key GLOB 'names:*'"):
        names = json.loads(text)
        if gone & names.keys():
            left = {name: value for name, value in names.items() if name not in gone}
            records.set_meta(db, key, json.dumps(left, ensure_ascii=False))
            changed.append(int(key.partition(":")[2]))
    return changed


def took_part(db: Database, user: int) -> list[int]:
    """Archived tickets of others that speak of this person."""
    sql = (
        "SELECT id FROM ticket WHERE archive_path IS NOT NULL AND customer_id <> :user AND ("
        " claimed_by = :user OR closed_by = :user"
        " OR id IN (SELECT ticket_id FROM message WHERE author_id = :user"
        "           OR instr(content, :id) > 0)"
        " OR id IN (SELECT ticket_id FROM event WHERE actor_id = :user)"
        " OR id IN (SELECT ticket_id FROM participant WHERE user_id = :user)) ORDER BY id"
    )
    rows = db.execute(sql, {"user": user, "id": str(user)})  # type: ignore[arg-type]
    return [int(row[0]) for row in rows]


def has_archive(db: Database, number: int) -> bool:
    """Whether a ticket's archive is kept."""
    sql = "SELECT archive_path IS NOT NULL FROM ticket WHERE id = ?"
    return bool(db.execute(sql, (number,))[0][0])


def people_named(db: Database, name: str) -> list[int]:
    """The ids of those who were called so."""
    sql = (
        "SELECT customer_id FROM ticket WHERE customer_name = :name AND customer_id <> 0"
        " UNION SELECT author_id FROM message WHERE author_name = :name AND author_id <> 0"
        " UNION SELECT user_id FROM participant WHERE name = :name"
        " UNION SELECT user_id FROM block WHERE name = :name"
    )
    return [int(row[0]) for row in db.execute(sql, {"name": name})]  # type: ignore[arg-type]


def is_known(db: Database, user: int) -> bool:
    """Whether anything is kept of this person."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM ticket WHERE :user IN (customer_id, claimed_by, closed_by))"
        " OR EXISTS (SELECT 1 FROM message WHERE author_id = :user)"
        " OR EXISTS (SELECT 1 FROM event WHERE actor_id = :user)"
        " OR EXISTS (SELECT 1 FROM participant WHERE user_id = :user)"
        " OR EXISTS (SELECT 1 FROM block WHERE user_id = :user)"
        " OR EXISTS (SELECT 1 FROM answer WHERE asker_id = :user)"
        " OR EXISTS (SELECT 1 FROM question_taken WHERE user_id = :user)"
        " OR EXISTS (SELECT 1 FROM teammate WHERE user_id = :user)"
    )
    return bool(db.execute(sql, {"user": user})[0][0])  # type: ignore[arg-type]


def expired(db: Database, before: Millis, limit: int) -> list[Row]:
    """Closed tickets older than that whose content is still there, oldest first.

    One whose effects are still to be done is left until they are.
    """
    sql = (
        "SELECT id, customer_id, archive_path, closed_at FROM ticket AS t"
        " WHERE state IN ('closed', 'failed') AND erased_at IS NULL"
        " AND coalesce(closed_at, opened_at) < ?"
        " AND NOT EXISTS (SELECT 1 FROM job WHERE ticket_id = t.id AND state IN ('todo', 'doing'))"
        " ORDER BY id LIMIT ?"
    )
    return db.rows((sql, (before, limit)))


def old_questions(db: Database, before: Millis) -> int:
    """How many questions of /ask are older than that."""
    sql = "SELECT count(*) FROM answer WHERE asker_id IS NOT NULL AND at < ?"
    return int(db.execute(sql, (before,))[0][0])


def drop_questions(db: Database, before: Millis) -> None:
    """Delete them, in the caller's transaction."""
    db.execute("DELETE FROM answer WHERE asker_id IS NOT NULL AND at < ?", (before,))


def to_be_done(db: Database, number: int) -> list[str]:
    """The kinds of a ticket's effects that are still to be done."""
    sql = "SELECT kind FROM job WHERE ticket_id = ? AND state IN ('todo', 'doing') ORDER BY id"
    return [str(row[0]) for row in db.execute(sql, (number,))]


def files_of(db: Database, number: int) -> set[str]:
    """The attachments of a ticket that are kept, and that no other ticket has too."""
    return _only(db, "ticket_id = :one", "ticket_id = :one", number)


def files_by(db: Database, user: int) -> set[str]:
    """The attachments that a person sent, and nobody else did."""
    intake = "ticket_id IN (SELECT id FROM ticket WHERE customer_id = :one)"
    return _only(db, "author_id = :one", intake, user)


_KEPT: Final = (
    "SELECT f.value ->> '$.kept' FROM message, json_each(files) AS f"
    " WHERE files <> '[]' AND {message}"
    " UNION SELECT f.value ->> '$.kept' FROM intake_answer, json_each(files) AS f"
    " WHERE files <> '[]' AND {intake}"
)


def _only(db: Database, message: str, intake: str, one: int) -> set[str]:
    """Files that nothing but these messages and intake answers has."""
    value = {"one": one}
    mine = db.execute(_KEPT.format(message=message, intake=intake), value)  # type: ignore[arg-type]
    others = db.execute(
        _KEPT.format(message=f"NOT ({message})", intake=f"NOT ({intake})"),
        value,  # type: ignore[arg-type]
    )
    return {str(row[0]) for row in {*mine} - {*others} if row[0]}


def files_sent(db: Database, user: int) -> set[str]:
    """The attachments that a person sent, also where others sent the same."""
    sql = _KEPT.format(
        message="author_id = :one",
        intake="ticket_id IN (SELECT id FROM ticket WHERE customer_id = :one)",
    )
    rows = db.execute(sql, {"one": user})  # type: ignore[arg-type]
    return {str(row[0]) for row in rows if row[0]}


def said_elsewhere(db: Database, user: int) -> list[Row]:
    """What a person said in tickets of others, oldest first."""
    sql = (
        "SELECT m.ticket_id, m.at, m.content FROM message AS m JOIN ticket AS t"
        " ON t.id = m.ticket_id WHERE m.author_id = ?1 AND t.customer_id <> ?1"
        " AND m.deleted_at IS NULL ORDER BY m.id"
    )
    return db.rows((sql, (user,)))


def rows_about(db: Database, user: int) -> dict[str, list[Row]]:
    """The rows of the tables that hold something of a person apart from tickets and messages."""
    return {
        table: found
        for table, holding in REGISTER.items()
        if table not in _TOLD_ELSEWHERE
        for rows in holding.person
        if (found := db.rows((f"SELECT * FROM {table} WHERE {rows.where}", {"user": user})))
    }


_TOLD_ELSEWHERE: Final = frozenset({"ticket", "message", "message_version", "event"})


def add_receipt(db: Database, now: Millis, counts: str) -> None:
    """Note that something was erased: how much, not of whom."""
    db.execute("INSERT INTO erasure (at, counts) VALUES (?, ?)", (now, counts))


def settle(db: Database) -> None:
    """Leave no trace of what was erased in the full-text indexes and in the write-ahead log."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING fts5 (%'"
    for (name,) in db.execute(sql):
        with db.write():
            db.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")
    _empty_log(db)


def _empty_log(db: Database) -> None:
    for _ in range(CHECKPOINTS):
        if not db.execute("PRAGMA wal_checkpoint (TRUNCATE)")[0][0]:
            return
        time.sleep(0.1)  # somebody is reading
    raise StoreBusy(
        f"{db.path.name}-wal still holds what was erased, because another program reads the"
        " database all the time; run the command again."
    )
