"""`ogma tickets why --replay`: what today's knowledge base would decide (A8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ogma.services.desk import Desk
from ogma.services.replay import compared
from ogma.store import records

from .desks import alone, decide, make_desk, ogma, open_ticket, printed

PAGE = "# Refunds\n\n## Deadline\n\nYou can send an article back within {days} days of delivery.\n"


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A ticket whose question was answered from a passage that said 14 days."""
    alone(data_dir, monkeypatch)
    monkeypatch.setenv("OGMA_MODELS", str(data_dir / "none"))
    config = data_dir.parent / "config.toml"
    config.write_text(
        '[discord]\nguild = "1"\n[channels]\npanel = "2"\nstaff_review = "3"\ntranscripts = "4"\n'
        '[[types]]\nid = "support"\nlabel = "Support"\ncategory = "5"\n'
        '[ai]\nengine = "extractive"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("OGMA_CONFIG", str(config))
    made = make_desk(data_dir)
    asked = "Within how many days can I send an article back?"
    decide(made, open_ticket(made, "alice", asked), answered=True)
    return made


def ingest(data: Path, days: int) -> None:
    page = data.parent / "refunds.md"
    page.write_text(PAGE.format(days=days), encoding="utf-8")
    assert ogma(data, "kb", "ingest", str(page)) == 0


def test_a_replay_shows_what_is_different_today(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A8: asked again of the present documents; nothing of it is stored."""
    ingest(data_dir, 30)
    capsys.readouterr()
    assert ogma(data_dir, "tickets", "why", "1", "--replay", "--json") == 0
    [answer] = printed(capsys)["answers"]
    changed = {one["what"]: (one["before"], one["after"]) for one in answer["changes"]}
    assert changed["answer"] == (
        "Within 14 days.",
        "From Refunds, Deadline:\nYou can send an article back within 30 days of delivery.",
    )
    assert "outcome" not in changed
    assert answer["after"]["checks"] and "message" not in answer["after"]
    assert ogma(data_dir, "tickets", "why", "1", "--replay") == 0
    said = capsys.readouterr().out
    assert "then: Within 14 days." in said and "30 days of delivery" in said
    assert len(records.answers(desk.db, 1)) == 1


def test_a_document_that_is_gone_turns_the_answer_into_a_hand_over(
    desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "tickets", "why", "1", "--replay", "--json") == 0
    [answer] = printed(capsys)["answers"]
    changed = {one["what"]: one["after"] for one in answer["changes"]}
    assert (changed["outcome"], changed["reason"]) == ("escalate", "empty_knowledge")


def test_scores_that_hardly_differ_are_the_same() -> None:
    before: dict[str, Any] = {
        **dict.fromkeys(("outcome", "reason", "engine", "model", "model_digest", "model_error")),
        "answer": None,
        "confidence": 0.5,
        "threshold": 0.45,
        "candidates": [],
        "citations": [],
        "checks": [],
    }
    assert compared(before, {**before, "confidence": 0.503}) == []
    for name, now in (("confidence", 0.51), ("model_error", "Unreachable")):
        assert [one["what"] for one in compared(before, {**before, name: now})] == [name]
