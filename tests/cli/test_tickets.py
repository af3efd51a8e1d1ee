from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.services.desk import Desk
from ogma.store import outbox, tickets

from . import desks
from .desks import ogma, printed


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desks.alone(data_dir, monkeypatch)
    return desks.make_desk(data_dir)


@pytest.fixture
def queue(desk: Desk) -> Desk:
    """Three tickets: one answered, one escalated, one claimed and replied to by sam."""
    alice = desks.open_ticket(desk, "alice", "When can I send it back?")
    desks.decide(desk, alice, answered=True)
    bob = desks.open_ticket(desk, "bob", "My dragon is on fire")
    desks.decide(desk, bob, answered=False)
    carol = desks.open_ticket(desk, "carol", "Wrong colour")
    desks.claim(desk, carol)
    desks.say(desk, carol, "sam", "I look into it.", staff=True)
    desks.say(desk, carol, "carol", "Thank you, and the size?")
    return desk


def test_list_has_the_shape_of_the_interface(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q2: counters on top, ids as strings, times as RFC 3339, newest first."""
    assert ogma(data_dir, "tickets", "list", "--json") == 0
    document = printed(capsys)
    assert document["counters"] == {
        "open": 3,
        "unclaimed": 2,
        "escalated": 1,
        "awaiting_staff": 3,
        "awaiting_customer": 0,
    }
    assert [ticket["number"] for ticket in document["tickets"]] == [3, 2, 1]
    assert document["tickets"][0] == {
        "number": 3,
        "type": "support",
        "state": "open",
        "customer": {"id": str(desks.customer_id("carol")), "name": "carol"},
        "assignee": "sam",
        "waiting_on": "staff",
        "escalated": False,
        "locked": False,
        "priority": "normal",
        "tags": [],
        "flags": [],
        "subject": "Wrong colour",
        "opened_at": "2026-01-01T00:00:00.000Z",
        "last_activity_at": "2026-01-01T00:02:00.000Z",
        "closed_at": None,
        "close_reason": None,
        "close_cause": None,
        "csat": None,
        "due": None,
    }


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--queue", "all"], [3, 2, 1]),
        (["--queue", "unclaimed"], [2, 1]),
        (["--queue", "escalated"], [2]),
        (["--queue", "mine", "--as", "Sam"], [3]),
        (["--queue", "mine", "--as", "501"], [3]),
        (["--queue", "mine", "--as", "nobody"], []),
        (["--queue", "awaiting-staff"], [3, 2, 1]),
        (["--queue", "awaiting-customer"], []),
        (["--search", "dragon"], [2]),
        (["--search", "carol"], [3]),
        (["--type", "billing"], []),
        (["--state", "closed"], []),
        (["--state", "closed", "--state", "open", "--limit", "1"], [3]),
        (["--since", "2026-01-01"], [3, 2, 1]),
        (["--since", "2026-01-02"], []),
        (["--until", "2026-01-01"], [3, 2, 1]),
        (["--until", "2026-01-01T00:00:00Z"], []),
    ],
)
def test_list_filters(
    queue: Desk,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    numbers: list[int],
) -> None:
    """Q2: every queue and every filter narrows the list."""
    assert ogma(data_dir, "tickets", "list", "--json", *options) == 0
    assert [ticket["number"] for ticket in printed(capsys)["tickets"]] == numbers


def test_list_for_people_fits_80_columns(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "tickets", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 open, 2 unclaimed, 1 escalated, 3 awaiting staff, 0 awaiting customer"
    assert max(map(len, lines)) <= 80
    table = "\n".join(lines)
    assert "escalated" in table
    assert "sam" in table


def test_tickets_in_lockdown_are_left_out(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q4: a locked ticket is shown only when that is asked for."""
    with queue.db.write():
        tickets.update(queue.db, 2, locked_at=queue.now())
    assert ogma(data_dir, "tickets", "list", "--json") == 0
    assert [ticket["number"] for ticket in printed(capsys)["tickets"]] == [3, 1]
    assert ogma(data_dir, "tickets", "list", "--json", "--include-restricted") == 0
    assert [ticket["number"] for ticket in printed(capsys)["tickets"]] == [3, 2, 1]
    for command in ("show", "why", "export"):
        assert ogma(data_dir, "tickets", command, "2") == 4
        assert "--include-restricted" in capsys.readouterr().err


def test_without_a_database_nothing_is_made(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = data_dir / "elsewhere"
    for command in (["list"], ["show", "1"], ["why", "1"], ["export", "1"]):
        assert ogma(empty, "tickets", *command) == 4
        assert f"There is no database in {empty}" in capsys.readouterr().err
    assert not empty.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["list", "--queue", "mine"], 2, "--queue mine needs --as USER"),
        (["list", "--queue", "lost"], 2, "'lost' is not one of 'all', 'unclaimed'"),
        (["list", "--since", "yesterday"], 2, "--since takes a date (2026-01-31)"),
        (["show", "99"], 4, "There is no ticket 99"),
        (["why", "99"], 4, "There is no ticket 99"),
        (["export", "99"], 4, "There is no ticket 99"),
        (["export", "--type", "nothing"], 4, "There is no ticket to export"),
        (["close", "1"], 2, "Missing option '--reason'"),
        (["close", "1", "--reason", "bored"], 2, "'bored' is not one of 'resolved'"),
        (["close", "1", "--reason", "spam"], 3, "There is no config file"),
    ],
)
def test_what_cannot_work_gets_a_sentence(
    queue: Desk,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    sentence: str,
) -> None:
    assert ogma(data_dir, "tickets", *arguments) == code
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.out == ""


def test_why_shows_the_whole_decision(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A8: question, candidates with scores, threshold, engine, checks, outcome, times."""
    assert ogma(data_dir, "tickets", "why", "1", "--json") == 0
    (answer,) = printed(capsys)["answers"]
    assert answer["question"].startswith("When can I send it back?")
    assert answer["searched"] == answer["question"]
    assert (answer["outcome"], answer["reason"]) == ("answer", None)
    assert (answer["confidence"], answer["threshold"], answer["engine"]) == (
        0.81,
        0.45,
        "extractive",
    )
    assert answer["candidates"][0] == {
        "document": "refunds.md",
        "heading": "Deadline",
        "chunk": 7,
        "score": 0.81,
        "cosine": 0.7,
        "bm25": 0.9,
    }
    assert answer["checks"] == [{"name": "quoted", "passed": True, "detail": "word for word"}]
    assert answer["timings_ms"] == {"confidence": 1.5}
    assert ogma(data_dir, "tickets", "why", "1") == 0
    text = capsys.readouterr().out
    for part in ("When can I send it back?", "refunds.md", "0.81 (needed: 0.45)", "quoted: passed"):
        assert part in text


def test_why_names_the_hand_over_and_each_silence(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A2: why the bot was silent is recorded with the message and shown."""
    assert ogma(data_dir, "tickets", "why", "2", "--json") == 0
    handed = printed(capsys)
    assert handed["answers"][0]["reason"] == "low_confidence"
    assert handed["escalations"][0]["reasons"][0]["cause"] == "no_answer"
    assert ogma(data_dir, "tickets", "why", "2") == 0
    spoken = capsys.readouterr().out
    assert "Reason      low confidence" in spoken and "no answer; now open" in spoken
    assert ogma(data_dir, "tickets", "why", "3", "--json") == 0
    silent = [one for one in printed(capsys)["messages"] if one["decision"] == "silent"]
    assert [one["silence"] for one in silent] == ["staff_replied", "staff_cooldown"]
    assert ogma(data_dir, "tickets", "why", "3") == 0
    text = capsys.readouterr().out
    assert "the team had written, and the cooldown after that was running" in text
    assert "Thank you, and the size?" in text


def test_show_tells_the_conversation(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "tickets", "show", "3") == 0
    text = capsys.readouterr().out
    assert "sam (staff)\n      I look into it.\n" in text
    assert "Claimed by  sam" in text
    assert ogma(data_dir, "tickets", "show", "3", "--json") == 0
    whole = printed(capsys)
    assert [message["content"] for message in whole["messages"]][1:] == [
        "I look into it.",
        "Thank you, and the size?",
    ]
    assert "open_channel" in [job["kind"] for job in whole["jobs"]]


def test_hostile_text_does_not_reach_the_terminal(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desks.open_ticket(desk, "eve\x1b[2J", "\x1b]0;owned\x07Sub\nject [bold]")
    for command in (["list"], ["show", "1"], ["why", "1"]):
        assert ogma(data_dir, "tickets", *command) == 0
        text = capsys.readouterr().out
        assert "\x1b" not in text
        assert "\x07" not in text
    assert ogma(data_dir, "tickets", "list") == 0
    assert "[bold]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("form", "start"), [("html", "<!doctype html>"), ("md", "# "), ("json", "{"), ("txt", "")]
)
def test_export_one_to_a_file(
    queue: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    form: str, start: str,
) -> None:  # fmt: skip
    """T2: every format, named by --format or by the file's ending."""
    for options in (["--format", form, "--out", "one"], ["--out", f"two.{form}"]):
        assert ogma(data_dir, "tickets", "export", "3", *options) == 0
        path = Path(capsys.readouterr().out.strip())
        text = path.read_text(encoding="utf-8")
        assert text.lower().startswith(start)
        assert "I look into it." in text


def test_export_several_to_a_folder(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "tickets", "export", "--out", "all", "--format", "md", "--json") == 0
    document = printed(capsys)
    assert document["failed"] == []
    assert [Path(one["path"]).name for one in document["files"]] == [
        "ticket-000001.md",
        "ticket-000002.md",
        "ticket-000003.md",
    ]
    assert ogma(data_dir, "tickets", "export", "1", "3", "--out", "all/ticket-000001.md") == 2
    assert "several transcripts need a folder" in capsys.readouterr().err


def test_export_to_stdout(queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "tickets", "export", "3", "--format", "json", "--out", "-") == 0
    assert json.loads(capsys.readouterr().out)["number"] == 3
    assert ogma(data_dir, "tickets", "export", "1", "3", "--out", "-") == 2
    assert ogma(data_dir, "tickets", "export", "1", "3", "--format", "txt", "--out", "-") == 0


def test_close_writes_the_bots_jobs(
    queue: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C1: several at once, cause 'cli' apart from the reason; the running bot performs it."""
    config = tmp_path / "config.toml"
    config.write_text(desks.CONFIG, encoding="utf-8")
    close = ["--config", str(config), "tickets", "close", "1", "2", "--reason", "duplicate"]
    assert ogma(data_dir, *close, "--note", "same as 3", "--yes") == 0
    said = capsys.readouterr()
    assert said.out == "Closing 2 tickets: 1, 2.\n"
    assert "No bot runs" in said.err
    ticket = queue.ticket(1)
    assert (ticket.state, ticket.close_reason, ticket.close_cause) == (
        "closing",
        "duplicate",
        "cli",
    )
    assert ticket.close_note == "same as 3"
    kinds = [job["kind"] for job in outbox.of_ticket(queue.db, 1) if job["state"] == "todo"]
    assert kinds[-5:] == [
        "lock_channel",
        "archive",
        "post_transcript",
        "learn_tip",
        "delete_channel",
    ]
    assert ogma(data_dir, *close, "--json") == 1
    document = printed(capsys)
    assert document["closing"] == []
    assert document["refused"][0] == {
        "number": 1,
        "reason": "it is closing; only open tickets can be closed",
    }
    assert document["bot_running"] is False


def test_close_changes_nothing_without_consent(
    queue: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(desks.CONFIG, encoding="utf-8")
    close = ["--config", str(config), "tickets", "close", "--reason", "spam"]
    assert ogma(data_dir, *close, "1") == 2
    said = capsys.readouterr()
    assert "alice" in said.out
    assert "use --yes" in said.err
    assert ogma(data_dir, *close, "1", "99", "--yes") == 4
    assert ogma(data_dir, *close, "1", "--note", "x" * 501, "--yes") == 2
    assert {queue.ticket(number).state for number in (1, 2, 3)} == {"open"}
