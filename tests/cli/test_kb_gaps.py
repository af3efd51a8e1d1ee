"""`ogma kb gaps`: listed, and filled from the command line (L2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG, decide, make_desk, open_ticket, say

QUESTION = "How do I get a refund?"


@pytest.fixture(autouse=True)
def _asked_in_vain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "none"))
    monkeypatch.setattr("ogma.services.desk.Clock.now", lambda self: 1_767_225_700_000)
    desk = make_desk(tmp_path / "data")
    for customer in ("ann", "bob"):
        ticket = open_ticket(desk, customer, "Refund")
        say(desk, ticket, customer, QUESTION)
        decide(desk, ticket, answered=False)
    desk.db.close()


def test_l2_gaps_are_listed_and_filled(ogma: Ogma) -> None:
    (gap,) = json.loads(ogma("kb", "gaps", "--json").out)["gaps"]
    assert (gap["count"], gap["id"], len(gap["examples"])) == (2, "1", 2)
    assert gap["label"].endswith(QUESTION) and gap["examples"][0]["ticket"] == "2"
    out = " ".join(ogma("kb", "gaps").out.split())
    assert "2 2026-01-01" in out and "#1, #2" in out and "Refund Please help." in out
    done = ogma("kb", "gaps", "add", "1", "--title", "Refunds", typed="Within 14 days.")
    assert done.out == "Added: Refunds; the gap is closed.\n"
    assert ogma("kb", "gaps", "list").out == "Nothing was left unanswered.\n"
    again = ogma("kb", "gaps", "tip", "1", typed="x")
    assert (again.code, "no open gap 1" in again.err) == (4, True)


def test_l2_a_gap_becomes_a_tip_or_is_left_out(ogma: Ogma) -> None:
    made = json.loads(ogma("kb", "gaps", "tip", "2", "--json", typed="Within 14 days.").out)
    assert made["new"] is True and QUESTION in made["question"]
    assert json.loads(ogma("kb", "gaps", "--json").out) == {"total": 0, "gaps": []}


def test_l2_out_of_scope(ogma: Ogma) -> None:
    assert ogma("kb", "gaps", "out-of-scope", "1").out.startswith("Out of scope: ")
    assert json.loads(ogma("kb", "gaps", "--json").out)["total"] == 0
