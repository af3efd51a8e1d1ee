"""D3, P30: a restore proves the backup first, loses nothing, and sends nothing again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing as finally_closing
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Effect, Kind
from ogma.errors import AlreadyRunning, NewerSchema, StoreError
from ogma.services import closing, instance, jobs, timers
from ogma.services import outbox as build
from ogma.services.closing import Closure
from ogma.services.data.backup import Damaged, back_up, verify
from ogma.services.data.restore import SAFE, Restored, restore
from ogma.services.desk import Desk
from ogma.store import knowledge, outbox, tickets
from ogma.store.database import Database
from ogma.store.opening import RESTORING, open_database
from ogma.store.restoring import SILENCED
from tests.services.conftest import CLOSER, CUSTOMER, SETTINGS, START, Office, TestClock
from tests.services.test_backup import furnished, names

DAY = 24 * 3_600_000


def taken(office: Office) -> Path:
    """A backup of the office as it is."""
    return back_up(office.desk.data, office.desk.data / "config.toml", START).path


def put_back(office: Office, source: Path) -> Restored:
    """Restore with nobody in the office."""
    office.desk.db.close()
    data = office.desk.data
    return restore(source, data, data / "config.toml", START + DAY)


@pytest.fixture
def clock() -> TestClock:
    made = TestClock()
    made.at = START + DAY
    return made


@pytest.fixture
def returned(office: Office, clock: TestClock) -> Iterator[Office]:
    """The office as it is after a restore: opened when it is first used."""
    with finally_closing(Database(office.desk.data / "ogma.db")) as db:
        yield Office(Desk(db, lambda: SETTINGS, office.desk.data, clock), clock)


def test_p30_a_restore_brings_back_the_state_and_moves_the_rest_aside(
    office: Office, returned: Office
) -> None:
    furnished(office)
    source = taken(office)
    wanted = names(office.desk.data / "transcripts") | names(office.desk.data / "attachments")
    for _ in range(3):
        office.say(CUSTOMER, "later")
    (office.desk.data / "transcripts" / "new.html").write_text("new")
    (office.desk.data / "index").mkdir()
    done = put_back(office, source)
    data = office.desk.data
    assert names(data / "transcripts") | names(data / "attachments") == wanted
    count = "SELECT count(*) FROM message"
    assert returned.desk.db.execute(count)[0][0] == verify(source).rows["message"]
    assert done.aside is not None and (done.aside / "transcripts" / "new.html").exists()
    with finally_closing(Database(done.aside / "ogma.db")) as before:
        assert before.execute(count)[0][0] == verify(source).rows["message"] + 3
    assert not (data / "index").exists() and not (data / RESTORING).exists()


def test_p30_a_restore_can_be_repeated(office: Office, returned: Office) -> None:
    furnished(office)
    source = taken(office)
    first, second = put_back(office, source), put_back(office, source)
    assert first.aside != second.aside and second.aside is not None
    assert verify(source).rows["ticket"] == 1
    assert returned.ticket().id == 1


@pytest.mark.parametrize("part", ["ogma.db", "transcripts", "attachments"])
def test_p30_a_damaged_backup_changes_nothing(office: Office, part: str) -> None:
    furnished(office)
    source = taken(office)
    name = next(name for name in verify(source).files if name.startswith(part))
    content = bytearray((source / name).read_bytes())
    content[len(content) // 2] ^= 1
    (source / name).write_bytes(content)
    before = names(office.desk.data)
    with pytest.raises(Damaged, match=name):
        put_back(office, source)
    assert {*names(office.desk.data)} - {"bot.lock"} == before - {"ogma.db-wal", "ogma.db-shm"}
    with finally_closing(open_database(office.desk.data)) as db:
        assert tickets.get(db, 1) is not None


def test_p30_a_newer_schema_is_refused(office: Office) -> None:
    furnished(office)
    source = taken(office)
    manifest = json.loads((source / "manifest.json").read_text())
    manifest["schema"].append("9999_future")
    (source / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NewerSchema, match="9999_future"):
        put_back(office, source)


def test_p30_no_restore_while_a_bot_holds_the_folder(office: Office) -> None:
    furnished(office)
    source = taken(office)
    with instance.held(office.desk), pytest.raises(AlreadyRunning, match="stop it first"):
        restore(source, office.desk.data, office.desk.data / "config.toml", START)


def test_p30_no_ogma_opens_what_may_be_half_of_a_restore(office: Office) -> None:
    furnished(office)
    source = taken(office)
    (office.desk.data / RESTORING).touch()
    with pytest.raises(StoreError, match="interrupted"):
        open_database(office.desk.data)
    put_back(office, source)
    open_database(office.desk.data).close()


@pytest.mark.parametrize("survived", range(6))
def test_p30_a_restore_that_was_killed_is_refused_to_open_and_can_be_repeated(
    office: Office, returned: Office, monkeypatch: pytest.MonkeyPatch, survived: int
) -> None:
    """Killed before each of the six renames: nothing is lost, and the second time is whole."""
    furnished(office)
    source = taken(office)
    office.say(CUSTOMER, "only before")
    rename, done = Path.rename, 0

    def killed(path: Path, target: Path) -> Path:
        nonlocal done
        if done == survived:
            raise KeyboardInterrupt
        done += 1
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            put_back(office, source)
    with pytest.raises(StoreError, match="interrupted"):
        open_database(office.desk.data)
    put_back(office, source)
    rows = verify(source).rows["message"]
    count = "SELECT count(*) FROM message"
    assert returned.desk.db.execute(count)[0][0] == rows
    counts = set()
    for path in office.desk.data.glob("before-restore-*/ogma.db"):
        with finally_closing(Database(path)) as before:
            counts.add(before.execute(count)[0][0])
    assert rows + 1 in counts


def test_p30_what_speaks_is_cancelled_and_what_looks_first_goes_on(
    office: Office, returned: Office
) -> None:
    furnished(office)
    with office.desk.db.write():
        effects = [Effect(kind, f"x:{kind}", f"x:{kind}", 1, {"answer": 0}) for kind in Kind]
        outbox.put(office.desk.db, effects, START)
        outbox.put(office.desk.db, [build.staff_notice("n", "staff.model_down")], START)
    jobs.claim(office.desk, 3)
    done = put_back(office, taken(office))
    rows = [row for row in outbox.listed(returned.desk.db, None, 200) if row["key"][:2] == "x:"]
    waiting = [row for row in rows if row["state"] == "todo"]
    assert {row["kind"] for row in waiting} == set(SAFE)
    assert all(row["attempts"] >= 1 for row in waiting)
    dropped = [row for row in rows if row["state"] == "done"]
    assert {row["kind"] for row in dropped} == set(Kind) - set(SAFE)
    assert all(json.loads(row["receipt"]) == {"dropped": "restored"} for row in dropped)
    assert done.cancelled >= len(dropped) and done.kept >= len(waiting)


def test_p30_an_unanswered_question_goes_to_staff_and_not_to_the_ai(
    office: Office, returned: Office
) -> None:
    furnished(office)
    office.say(CUSTOMER, "How long is a refund possible?")
    done = put_back(office, taken(office))
    assert done.handed_over == 1
    assert returned.ticket().escalated_at is not None
    pending = "SELECT count(*) FROM message WHERE ai = 'pending'"
    assert returned.desk.db.execute(pending)[0][0] == 0


def test_p30_a_close_under_way_ends_without_asking_again(office: Office, returned: Office) -> None:
    furnished(office)
    done = Closure(CloseReason.RESOLVED, CloseCause.COMMAND)
    assert closing.close(office.desk, CLOSER, 1, done)
    source = taken(office)
    office.deliver()
    put_back(office, source)
    timers.sweep(returned.desk)
    kinds = returned.deliver()
    assert Kind.ARCHIVE in kinds and kinds[-1] is Kind.DELETE_CHANNEL
    assert not {Kind.POST_TRANSCRIPT, Kind.CSAT_DM, Kind.CUSTOMER_TRANSCRIPT} & set(kinds)
    assert returned.ticket().state == "closed"


def test_p30_a_close_in_its_grace_period_ends_without_asking_again(
    office: Office, returned: Office
) -> None:
    furnished(office)
    policy = SETTINGS.closing.model_copy(update={"grace_minutes": 10})
    graceful = replace(
        office.desk, settings=lambda: SETTINGS.model_copy(update={"closing": policy})
    )
    assert closing.close(graceful, CLOSER, 1, Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    put_back(office, taken(office))
    timers.sweep(returned.desk)
    kinds = returned.deliver()
    assert Kind.ARCHIVE in kinds and kinds[-1] is Kind.DELETE_CHANNEL
    assert not {Kind.POST_TRANSCRIPT, Kind.CSAT_DM, Kind.CUSTOMER_TRANSCRIPT} & set(kinds)


def test_p30_a_ticket_that_was_closed_since_the_backup_is_closed_in_silence(
    office: Office, returned: Office
) -> None:
    furnished(office)
    put_back(office, taken(office))
    closing.channel_deleted(returned.desk, 1001)
    kinds = returned.deliver()
    assert Kind.ARCHIVE in kinds and kinds[-1] is Kind.DELETE_CHANNEL
    assert not set(SILENCED) & set(kinds)


def test_p30_a_ticket_that_went_on_after_the_restore_is_closed_as_ever(
    office: Office, returned: Office
) -> None:
    furnished(office)
    put_back(office, taken(office))
    returned.clock.at += 1
    returned.say(CUSTOMER, "Still here")
    closing.channel_deleted(returned.desk, 1001)
    assert {Kind.POST_TRANSCRIPT, Kind.CSAT_DM} <= set(returned.deliver())


def test_p30_a_follow_up_that_was_due_meanwhile_is_not_asked_again(
    office: Office, returned: Office
) -> None:
    furnished(office)
    with office.desk.db.write():
        due = START + DAY - 1
        tickets.update(office.desk.db, 1, state="closed", follow_up="planned", follow_up_at=due)
    put_back(office, taken(office))
    timers.sweep(returned.desk)
    assert Kind.FOLLOW_UP_DM not in returned.deliver()


def test_p30_numbers_are_not_given_out_twice(office: Office, returned: Office) -> None:
    furnished(office)
    source = taken(office)
    with office.desk.db.write():
        office.desk.db.execute("UPDATE sqlite_sequence SET seq = 41 WHERE name = 'ticket'")
        for _ in range(5):
            knowledge.advance(office.desk.db)
    put_back(office, source)
    sequence = "SELECT seq FROM sqlite_sequence WHERE name = 'ticket'"
    assert returned.desk.db.execute(sequence)[0][0] == 41
    assert knowledge.status(returned.desk.db).generation == 6
