"""C1, Q4: `ogma tickets close`, `lock` and `unlock`: several, by filter, shown first."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.services.desk import Desk

from . import desks
from .desks import ogma, printed

CONFIG = desks.CONFIG + '[roles]\nstaff = ["77"]\nmanagement = ["88"]\n'


@pytest.fixture
def queue(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Alice waits, bob is escalated, carol is claimed by sam and closed by hand elsewhere."""
    desks.alone(data_dir, monkeypatch)
    (data_dir.parent / "config.toml").write_text(CONFIG, encoding="utf-8")
    desk = desks.make_desk(data_dir)
    desks.open_ticket(desk, "alice", "When can I send it back?")
    bob = desks.open_ticket(desk, "bob", "My dragon is on fire")
    desks.decide(desk, bob, answered=False)
    desks.claim(desk, desks.open_ticket(desk, "carol", "Wrong colour"))
    return desk


def tickets(data: Path, *arguments: str) -> int:
    return ogma(data, "--config", str(data.parent / "config.toml"), "tickets", *arguments)


CLOSE = ("close", "--reason", "spam")


def test_c1_closes_what_a_filter_leaves(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C1: several, by filter, with a preview."""
    assert tickets(data_dir, *CLOSE, "--queue", "escalated", "--yes") == 0
    said = capsys.readouterr().out
    assert said == "Closing 1 ticket: 2.\n"
    assert tickets(data_dir, *CLOSE, "--queue", "mine", "--as", "sam", "--json", "--yes") == 0
    assert printed(capsys)["closing"] == [3]
    states = [queue.ticket(number).state for number in (1, 2, 3)]
    assert states == ["open", "closing", "closing"]
    assert tickets(data_dir, *CLOSE, "--search", "dragon", "--yes") == 4
    assert "No ticket fits; nothing was closed." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (CLOSE, "Name the tickets by their numbers, or narrow them down"),
        ((*CLOSE, "1", "--queue", "all"), "and not both"),
        ((*CLOSE, "--queue", "all"), "use --yes"),
        ((*CLOSE, "--queue", "all", "--json"), "together with a filter it needs --yes"),
        ((*CLOSE, "--queue", "mine"), "--queue mine needs --as USER"),
        (("lock",), "Name the tickets by their numbers"),
    ],
)
def test_c1_nothing_is_closed_by_mistake(
    queue: Desk,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    assert tickets(data_dir, *arguments) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert {queue.ticket(number).state for number in (1, 2, 3)} == {"open"}


def test_c1_what_would_be_closed_is_shown_first(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """C1: the preview; nobody at the keyboard agrees, so nothing is closed."""
    assert tickets(data_dir, *CLOSE, "--queue", "unclaimed") == 2
    said = capsys.readouterr().out
    assert "dragon" in said and "alice" in said and "carol" not in said
    assert queue.ticket(1).state == "open"


def test_q4_locks_and_unlocks(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Q4: locked tickets are left out of lists; unlock finds them; twice is a sentence."""
    assert tickets(data_dir, "lock", "1", "3", "--yes", "--json") == 0
    assert printed(capsys)["locking"] == [1, 3]
    assert queue.ticket(1).locked and not queue.ticket(2).locked
    assert tickets(data_dir, "list", "--json") == 0
    assert [one["number"] for one in printed(capsys)["tickets"]] == [2]
    assert tickets(data_dir, *CLOSE, "--queue", "all", "--yes", "--json") == 0
    assert printed(capsys)["closing"] == [2], "filters leave out what is locked"
    assert tickets(data_dir, "lock", "1", "2", "--yes") == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "Ticket 1 was not locked: it is locked already." in said
    assert "Ticket 2 was not locked: it is closing; only open tickets can be locked." in said
    assert tickets(data_dir, "unlock", "--queue", "all", "--yes", "--json") == 0
    assert printed(capsys)["unlocking"] == [1, 3]
    assert not queue.ticket(1).locked


def test_q4_without_a_management_role_nothing_is_locked(
    queue: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data_dir.parent / "config.toml").write_text(desks.CONFIG, encoding="utf-8")
    assert tickets(data_dir, "lock", "1", "--yes") == 1
    assert "set roles.management" in capsys.readouterr().err
    assert not queue.ticket(1).locked
