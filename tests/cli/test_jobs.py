from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.clock import DAY
from ogma.domain.effects import Effect, Job, Kind
from ogma.services import jobs
from ogma.services.desk import Desk
from ogma.store import outbox

from . import desks
from .desks import ogma, printed


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One ticket whose channel stands and whose greeting failed for good."""
    desks.alone(data_dir, monkeypatch)
    desk = desks.make_desk(data_dir)
    desks.open_ticket(desk, "alice", "Where is my parcel?")
    (opened,) = jobs.claim(desk, 5)
    jobs.complete(desk, opened, {"channel": 9_001, "name": "alice"})
    (greet,) = jobs.claim(desk, 5)
    fail(desk, greet)
    return desk


def fail(desk: Desk, job: Job) -> None:
    jobs.give_up(desk, job, "the channel\x1b[2J no longer exists.")


def test_list_shows_what_is_unfinished_and_why(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """P3: an effect that failed is visible with its reason, and so is what it holds up."""
    assert ogma(data_dir, "jobs", "list", "--json") == 0
    document = printed(capsys)
    assert document["counters"] == {"todo": 1, "doing": 0, "done": 1, "failed": 1, "blocked": 1}
    found = {job["kind"]: job for job in document["jobs"]}
    assert found["greet"]["state"] == "failed"
    assert found["greet"]["last_error"].startswith("the channel")
    assert (found["greet"]["id"], found["greet"]["ticket"]) == ("2", 1)
    assert found["greet"]["created_at"] == "2026-01-01T00:00:00.000Z"
    assert (found["pin_greeting"]["state"], found["pin_greeting"]["requires"]) == ("blocked", "2")
    assert "open_channel" not in found
    monkeypatch.setenv("COLUMNS", "120")
    assert ogma(data_dir, "jobs", "list") == 0
    text = capsys.readouterr().out
    assert "waits for job 2, which failed" in text
    assert "the channel no longer exists." in text


def test_list_by_state(desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "jobs", "list", "--state", "done", "--json") == 0
    (done,) = printed(capsys)["jobs"]
    assert done["kind"] == "open_channel"
    assert done["receipt"] == {"channel": 9_001, "name": "alice"}
    assert ogma(data_dir, "jobs", "list", "--state", "gone") == 2


def test_retry_frees_the_job_and_what_waits_for_it(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "jobs", "retry", "2") == 0
    said = capsys.readouterr()
    assert said.out == "Trying again: 2.\n"
    assert "No bot runs" in said.err
    desks.later(desk, 1_000 * DAY)
    assert [job.kind for job in jobs.claim(desk, 5) if job.ticket_id == 1] == ["greet"]
    assert ogma(data_dir, "jobs", "retry", "2", "--json") == 1
    assert printed(capsys)["refused"] == [
        {"id": "2", "reason": "it is doing; only failed jobs can be retried"}
    ]


def test_retry_all(desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "jobs", "retry", "--all", "--json") == 0
    assert printed(capsys)["retried"] == ["2"]
    assert ogma(data_dir, "jobs", "retry", "--all") == 0
    assert capsys.readouterr().out == "No job has failed.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "all of them with --all"),
        (("2", "--all"), 2, "all of them with --all"),
        (("2", "99"), 4, "There is no job 99"),
        (("two",), 2, "Input should be a valid integer"),
    ],
)
def test_retry_refuses_in_a_sentence(
    desk: Desk,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    assert ogma(data_dir, "jobs", "retry", *arguments) == code
    assert sentence in capsys.readouterr().err
    assert ogma(data_dir, "jobs", "list", "--state", "failed", "--json") == 0
    assert len(printed(capsys)["jobs"]) == 1


def test_cancel_gives_up_what_waits(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job that failed is over then; what is done, or decides who sees a ticket, stays."""
    assert ogma(data_dir, "jobs", "cancel", "2", "--yes") == 0
    assert capsys.readouterr().out == "Cancelled: 2.\n"
    assert ogma(data_dir, "jobs", "cancel", "2", "--json") == 1
    [refused] = printed(capsys)["refused"]
    assert refused["reason"] == "it is done; only what is not yet done can be cancelled"
    assert ogma(data_dir, "jobs", "cancel", "99", "--yes") == 4
    with desk.db.write():
        outbox.put(desk.db, [Effect(Kind.ARCHIVE, "archive:1", "ticket:1", 1)], desk.now())
        waiting = Effect(Kind.CSAT_DM, "csat:1", "csat:1", 1, requires="archive:1")
        outbox.put(desk.db, [waiting], desk.now())
    [archive] = desk.db.execute("SELECT id FROM job WHERE key = 'archive:1'")
    assert ogma(data_dir, "jobs", "cancel", str(archive[0]), "--json") == 1
    assert "decides who sees the ticket" in printed(capsys)["refused"][0]["reason"]
    assert ogma(data_dir, "jobs", "cancel", str(archive[0] + 1)) == 2, "nobody agreed"
    assert ogma(data_dir, "jobs", "cancel", str(archive[0] + 1), "--yes") == 0
    assert desk.ticket(1).csat == "undelivered"
