"""Forgetting a person, retention, and what a person may have (D1, D2, P44 to P46)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.access import OWNER, Actor
from ogma.domain.clock import DAY, snowflake_at
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Effect, Job, Kind
from ogma.domain.opening import Intention
from ogma.domain.policies import DataPolicy
from ogma.domain.tickets import State, Ticket
from ogma.domain.tips import Tip
from ogma.errors import NotFound, UsageError
from ogma.services import (
    archive,
    attachments,
    blocks,
    closing,
    conversation,
    escalation,
    opening,
    people,
    timers,
)
from ogma.services.blocks import Member as Blocked
from ogma.services.closing import Closure
from ogma.services.data import chain, erasure, personal_export
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.people import Member
from ogma.store import outbox, personal, register
from tests.knowledge.fakes import WordEmbedder

from .conftest import CLOSER, SETTINGS, STAFF, Office
from .test_learning import School

ERIN = Actor(811_223_344_556_677_889, "erin-oriole")
BOB = Actor(822_334_455_667_788_990, "bob")
OWNER_ACTOR = Actor(0, "owner", owner=OWNER.owner)
CLOSED = Closure(CloseReason.RESOLVED, CloseCause.COMMAND)
CANARIES = (b"oriole", str(ERIN.id).encode())
TOLD = "Hold the reset button for ten seconds until the light blinks green."


class Archiving(Office):
    """An office whose archives are real files."""

    def receipt(self, job: Job) -> dict[str, object]:
        if job.kind is not Kind.ARCHIVE or job.ticket_id is None:
            return super().receipt(job)
        names = {"&10": "Support", "#1001": "erin-oriole"}
        made = archive.write(self.desk, job.ticket_id, names, "Server")
        return {"path": made.path, "sha256": made.sha256, "names": names, "server": "Server"}


@pytest.fixture
def school(office: Office) -> School:
    return School(Archiving(office.desk, office.clock), WordEmbedder())


def _open(office: Office, who: Actor, subject: str = "subject-oriole") -> Ticket:
    wish = Intention(who.id, who.name, frozenset(), "general", subject=subject)
    ticket = opening.open_ticket(office.desk, wish, snowflake_at(office.clock.at) + office.serial())
    assert isinstance(ticket, Ticket)
    office.deliver()
    return office.ticket(ticket.id)


def _close(office: Office, number: int, note: str = "") -> None:
    closing.close(office.desk, CLOSER, number, replace(CLOSED, note=note))
    office.deliver()
    assert office.ticket(number).state is State.CLOSED


def _file(office: Office, message: int, content: bytes) -> None:
    for wanted in attachments.wanted(office.desk, office.ticket(1), message):
        attachments.save(office.desk, wanted, content)


def _lived(school: School) -> None:
    """Erin's ticket, with something of hers in every place; and what she said in bob's."""
    office = school.office
    number = _open(office, ERIN).id
    said = office.say(
        ERIN, "first-oriole", files=[{"id": "7", "filename": "oriole.txt", "url": "u"}]
    )
    _file(office, said, b"attachment-oriole")
    conversation.record_edit(office.desk, said, {"content": "second-oriole"}, office.clock.at)
    gone = office.say(ERIN, "deleted-oriole")
    conversation.record_deletion(office.desk, gone, office.clock.at)
    escalation.request_human(office.desk, ERIN, number)
    office.say(STAFF, f"Hi <@{ERIN.id}>")
    office.say(STAFF, TOLD)
    _close(office, number, "note-oriole")
    assert isinstance(school.learn(number), Tip)
    other = _open(office, BOB, "Bob's subject").id
    people.add(office.desk, STAFF, other, Member(ERIN.id, ERIN.name))
    office.say(ERIN, "elsewhere-oriole", 1000 + other)
    office.say(STAFF, f"Thank you <@{ERIN.id}>", 1000 + other)
    office.say(BOB, "Bob's own words, like in <#1001>", 1000 + other)
    _close(office, other)
    blocks.block(office.desk, OWNER_ACTOR, Blocked(ERIN.id, ERIN.name), "spam-oriole")
    logs = office.desk.data / erasure.LOGS
    logs.mkdir()
    (logs / "ogma.log").write_text(f"INFO member {ERIN.id} left\n")
    school.knowledge.rebuild()


def _bytes(data: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def _found(data: Path) -> list[str]:
    return [
        f"{name}: {canary!r}"
        for name, content in _bytes(data).items()
        for canary in CANARIES
        if canary in content
    ]


def test_p44_nothing_of_a_forgotten_person_is_left_on_disk(school: School) -> None:
    """D2, P44: a byte scan of the whole folder, WAL and full-text index included; others stay."""
    _lived(school)
    office = school.office
    data = office.desk.data
    assert len(_found(data)) > 5, "the canaries are everywhere before"
    [vector] = [row[0] for row in office.desk.db.execute("SELECT vector FROM embedding")]
    assert any(bytes(vector[:64]) in content for content in _bytes(data).values())
    done = erasure.forget(office.desk, school.knowledge, ERIN.id)
    assert _found(data) == []
    assert not any(bytes(vector[:64]) in content for content in _bytes(data).values())
    assert school.found() == [], "the tip that her ticket taught is gone from search"
    counted = {name: done.counts[name] for name in ("tickets", "tips", "attachments")}
    assert counted == {"tickets": 1, "tips": 1, "attachments": 1}
    assert done.counts["log entries"] == 1 and done.counts["messages elsewhere"] == 1
    page = (data / f"{office.ticket(2).archive_path}/transcript.json").read_text()
    assert "Bob's own words" in page and "elsewhere" not in page
    assert not chain.verify(office.desk).faults, "the erasure is a tombstone in the chain"
    receipts = office.desk.db.execute("SELECT counts FROM erasure")
    assert json.loads(receipts[0][0])["tickets"] == 1


def test_d2_what_was_posted_is_deleted_and_what_is_out_of_reach_is_named(school: School) -> None:
    """D2: transcript, review item and tip go from the team's channels; DMs and backups are told."""
    _lived(school)
    office = school.office
    (office.desk.data / "backups" / "ogma-1").mkdir(parents=True)
    before = {row["key"] for row in outbox.listed(office.desk.db, None, 500)}
    posted = {
        json.loads(row["receipt"])["message"]
        for row in outbox.of_ticket(office.desk.db, 1)
        if row["kind"] in ("post_transcript", "sync_review")
    }
    done = erasure.forget(office.desk, school.knowledge, ERIN.id)
    jobs = [row for row in outbox.listed(office.desk.db, None, 500) if row["key"] not in before]
    deleted = {json.loads(row["payload"])["message"] for row in jobs if row["ticket_id"] is None}
    assert posted <= deleted and done.posted == len(deleted)
    assert done.private == 1, "the question how it went"
    assert [Path(one.path).name for one in done.copies] == ["ogma-1"]


def test_d2_forgetting_again_finds_nothing_and_figures_stay(school: School) -> None:
    """D2, D1: twice does no harm, and the statistics keep their ticket."""
    _lived(school)
    office = school.office
    erasure.forget(office.desk, school.knowledge, ERIN.id)
    kept = office.ticket(1)
    assert (kept.state, kept.close_reason, kept.customer_id) == (State.CLOSED, "resolved", 0)
    assert not +erasure.forget(office.desk, school.knowledge, ERIN.id).counts
    with pytest.raises(NotFound):
        erasure.person(office.desk, str(ERIN.id))


def test_d2_a_killed_erasure_is_finished_by_the_next(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D2: files go before rows, so that a second run finds what the first has left."""
    _lived(school)
    office = school.office

    def killed(*_: object) -> dict[str, int]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(personal, "erase_ticket", killed)
        erasure.forget(office.desk, school.knowledge, ERIN.id)
    erasure.forget(office.desk, school.knowledge, ERIN.id)
    assert _found(office.desk.data) == []


@pytest.mark.parametrize(
    "point",
    [
        (personal, "erase_person"),
        (archive, "write"),
        (KnowledgeService, "write_anew"),
        (personal, "settle"),
        (personal, "end"),
    ],
    ids=lambda point: point[1],
)
def test_d2_wherever_it_is_killed_the_same_command_finishes_it(
    school: School, monkeypatch: pytest.MonkeyPatch, point: tuple[object, str]
) -> None:
    """D2: also when no row knows the person any more; until then nobody else's is begun."""
    _lived(school)
    desk = school.office.desk

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(point[0], point[1], killed)
        erasure.forget(desk, school.knowledge, ERIN.id)
    with pytest.raises(erasure.StillOpen, match=str(ERIN.id)):
        erasure.forget(desk, school.knowledge, BOB.id)
    again = erasure.person(desk, str(ERIN.id))
    erasure.forget(desk, school.knowledge, again)
    assert _found(desk.data) == []
    assert not chain.verify(desk).faults
    with pytest.raises(NotFound):
        erasure.person(desk, str(ERIN.id))


def test_d2_a_draft_in_the_review_channel_is_deleted_too(school: School) -> None:
    """D2, A7: a draft shows the question; it goes like the review item."""
    _lived(school)
    desk = school.office.desk
    draft = Effect(Kind.SYNC_DRAFT, "draft:1", "draft:1", 1, {"draft": 1})
    with desk.db.write():
        outbox.put(desk.db, [draft], desk.now())
        [row] = [one for one in outbox.of_ticket(desk.db, 1) if one["kind"] == "sync_draft"]
        outbox.done(desk.db, row["id"], {"message": 7777}, desk.now())
    erasure.forget(desk, school.knowledge, ERIN.id)
    assert "forget:7777" in [row["key"] for row in outbox.listed(desk.db, ["todo"], 100)]


def test_d2_an_open_ticket_is_closed_first(school: School) -> None:
    """D2: nobody is forgotten in the middle of a conversation; the way out is named."""
    number = _open(school.office, ERIN).id
    school.office.say(ERIN, "still talking")
    with pytest.raises(erasure.StillOpen, match=f"ogma tickets close {number}"):
        erasure.forget(school.office.desk, school.knowledge, ERIN.id)
    closing.close(school.office.desk, CLOSER, number, CLOSED)
    with pytest.raises(erasure.StillOpen):
        erasure.forget(school.office.desk, school.knowledge, ERIN.id)
    assert school.office.ticket(number).customer_id == ERIN.id


def test_d2_a_person_may_be_named(school: School) -> None:
    """D2: by id or by a name that only one member had."""
    office = school.office
    _open(office, ERIN)
    assert erasure.person(office.desk, ERIN.name) == ERIN.id
    assert erasure.person(office.desk, str(ERIN.id)) == ERIN.id
    _open(office, Actor(BOB.id, ERIN.name))
    with pytest.raises(UsageError, match=str(BOB.id)):
        erasure.person(office.desk, ERIN.name)
    with pytest.raises(NotFound):
        erasure.person(office.desk, "nobody")


def test_every_table_is_in_the_register(office: Office) -> None:
    """D2, P44: a new table says what it holds of whom, or why nothing."""
    assert personal.tables_of(office.desk.db) == set(register.REGISTER)
    for table, holding in register.REGISTER.items():
        assert bool(holding.nothing) != bool(holding.ticket or holding.person), table


def test_p46_a_person_gets_their_own_data_only(school: School, tmp_path: Path) -> None:
    """D2, P46: their tickets in their own view, what they said elsewhere, nothing of others."""
    _lived(school)
    out = tmp_path / "export"
    done = personal_export.export(school.office.desk, ERIN.id, out)
    assert (done.tickets, done.messages, done.files) == (1, 1, 1)
    everything = b"".join(_bytes(out).values())
    for own in (b"subject-oriole", b"second-oriole", b"elsewhere-oriole", b"attachment-oriole"):
        assert own in everything
    assert b"Bob" not in everything and b"note-oriole" not in everything
    with pytest.raises(UsageError):
        personal_export.export(school.office.desk, ERIN.id, out)


def test_p45_old_content_goes_on_schedule_also_after_a_pause(school: School) -> None:
    """D1, P45: the first sweep after any downtime drops what is due, and nothing younger."""
    _lived(school)
    office = school.office
    policy = SETTINGS.model_copy(update={"data": DataPolicy(retention_days=30)})
    desk = replace(office.desk, settings=lambda: policy)
    office.clock.at += 29 * DAY
    timers.sweep(desk)
    assert office.ticket(1).subject == "subject-oriole"
    office.clock.at += 40 * DAY
    young = _open(office, BOB, "Young").id
    _close(office, young)
    timers.sweep(desk)
    assert (office.ticket(1).subject, office.ticket(2).customer_name) == (None, "")
    assert office.ticket(young).subject == "Young"
    assert not (desk.data / archive.FOLDER / f"000001-{office.ticket(1).key}").exists()
    assert office.ticket(1).close_reason == "resolved"
    assert school.found(), "a tip holds nobody's data and stays"


def test_d1_a_dry_run_changes_nothing(school: School) -> None:
    """D1: what would go is named, and a ticket with work to be done is left."""
    _lived(school)
    office = school.office
    office.clock.at += 10 * DAY
    before = _bytes(office.desk.data)
    assert erasure.purge(office.desk, 5, dry_run=True).tickets == (1, 2)
    assert _bytes(office.desk.data).keys() == before.keys()
    assert office.ticket(1).subject == "subject-oriole"
    assert erasure.purge(office.desk, 11).tickets == ()
