"""O3: the block list from the shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.opening import Intention, Refusal
from ogma.services import blocks, opening
from ogma.services.desk import Desk
from ogma.services.opening import Refused

from . import desks
from .desks import NOW, customer_id, ogma, printed

ALICE = customer_id("alice")


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One ticket of alice's."""
    desks.alone(data_dir, monkeypatch)
    desk = desks.make_desk(data_dir)
    desks.open_ticket(desk, "alice", "Where is my parcel?")
    return desk


def outcome(desk: Desk, member: int) -> Refused | None:
    return opening.refused(desk, Intention(member, "x", frozenset(), "support"))


def test_o3_a_customer_is_blocked_by_name_and_listed(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """O3: `ogma block USER` is short for `ogma block add USER`; it counts at once."""
    assert ogma(data_dir, "block", "Alice", "--reason", "spam") == 0
    assert (
        f"alice ({ALICE}) can open no more tickets, until you lift it." in capsys.readouterr().out
    )
    assert blocks.active(desk, ALICE) is not None
    assert ogma(data_dir, "block", "list", "--json") == 0
    [listed] = printed(capsys)["blocks"]
    assert listed["user"] == {"id": str(ALICE), "name": "alice"}
    assert (listed["reason"], listed["by"], listed["until"]) == ("spam", "owner", None)
    assert ogma(data_dir, "block", "list") == 0
    assert "alice" in capsys.readouterr().out


def test_o3_a_block_ends_when_it_was_to_end(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """O3: by id or mention, also of somebody who was never here; a date includes its day."""
    assert ogma(data_dir, "block", "<@4711>", "--until", "2199-01-31", "--json") == 0
    document = printed(capsys)
    assert document["until"] == "2199-02-01T00:00:00.000Z"
    refused = outcome(desk, 4711)
    assert refused is not None
    assert refused.why is Refusal.BLOCKED
    assert refused.until is not None
    desk.clock.at = refused.until  # type: ignore[attr-defined]
    assert outcome(desk, 4711) is None


def test_o3_a_block_is_lifted(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "block", "add", "4711") == 0
    assert ogma(data_dir, "block", "remove", "4711") == 0
    assert "4711 (4711) can open tickets again." in capsys.readouterr().out
    assert outcome(desk, 4711) is None
    assert ogma(data_dir, "block", "list") == 0
    assert "Nobody is blocked." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nobody"], 4, "Nobody opened a ticket as 'nobody'; name the member by the Discord id."),
        (["4711", "--until", "2020-01-01"], 2, "--until 2020-01-01 is past; name a time to come."),
        (["4711", "--until", "soon"], 2, "a span from now (30m, 12h, 7d), not 'soon'."),
        (["4711", "--reason", "x" * 501], 2, "The reason has 501 characters; 500 are most."),
        (["remove", "4711"], 4, "4711 is not blocked; `ogma block list` shows who is."),
    ],
)
def test_wrong_use_is_a_sentence(
    desk: Desk,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    said: str,
) -> None:
    assert ogma(data_dir, "block", *arguments) == code
    assert said in " ".join(capsys.readouterr().err.split())
    assert blocks.listed(desk) == []
    assert desk.now() == NOW
