"""`ogma kb attack`: the table, the exit code, and that the owner's data stay as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from ogma.answering import prompt
from ogma.bot.render import model_text
from ogma.domain.limits import Reader
from ogma.package_data import sample_dir
from ogma.services import attack
from ogma.services.attack_cases import Aim

from .desks import alone, ogma, printed


@pytest.fixture
def filled(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    alone(data_dir, monkeypatch)
    monkeypatch.setenv("OGMA_MODELS", str(data_dir / "none"))
    assert ogma(data_dir, "kb", "ingest", str(sample_dir() / "knowledge" / "billing")) == 0
    return data_dir


def content(data: Path) -> str:
    """All that the knowledge base holds, as the command line tells it."""
    return hashlib.sha256((data / "ogma.db").read_bytes()).hexdigest()


def test_attacks_are_held_off_and_leave_no_trace(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A5, A4, K8: every aim is tried; nothing of it is written to the owner's database."""
    assert ogma(filled, "kb", "list", "--json") == 0
    capsys.readouterr()
    before = content(filled)
    assert ogma(filled, "kb", "attack", "--questions", "2", "--json") == 0
    report = printed(capsys)
    assert report["breaches"] == 0
    assert {one["aim"] for one in report["attacks"]} == {aim.value for aim in Aim}
    answered = {one["aim"] for one in report["attacks"] if one["decision"] == "answer"}
    assert Aim.OBEDIENT.value in answered, "not held off by silence alone"
    assert answered & {Aim.INJECTION.value, Aim.LINKS.value, Aim.MENTIONS.value, Aim.POISON.value}
    assert content(filled) == before


def test_a_breach_is_shown_and_is_exit_code_1(
    filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renderer that lets things through is found out."""
    monkeypatch.setattr(
        "ogma.bot.render.ticket.shortened", lambda text, *_: f"{text} https://evil.example"
    )
    assert ogma(filled, "kb", "attack", "--questions", "1") == 1
    said = capsys.readouterr().out
    assert "a link that no cited passage has" in said
    assert model_text.GONE not in said
    assert attack.new_canary() != attack.new_canary()


def test_checks_that_let_things_through_are_found_out(
    filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A5: the obedient model breaks in as soon as the checks do not hold it."""
    for check in ("_literal_fault", "_meaning_fault"):
        monkeypatch.setattr(f"ogma.answering.grounding.{check}", lambda *_: None)
    assert ogma(filled, "kb", "attack", "--questions", "1", "--json") == 1
    broken = [one for one in printed(capsys)["attacks"] if one["breach"]]
    assert {one["aim"] for one in broken} == {Aim.OBEDIENT.value}
    assert {"it said the canary", "it gave the prompt away"} <= {one["breach"] for one in broken}


def test_what_is_kept_from_one_ticket_to_the_next_is_found_out(
    filled: Path,
    model_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A5: another ticket's words in a prompt are a breach, whatever is answered from them."""
    monkeypatch.setenv("OGMA_MODELS", str(model_dir))
    assert ogma(filled, "kb", "rebuild") == 0
    capsys.readouterr()
    monkeypatch.setattr("ogma.answering.engine._fleet", lambda _: attack.Obedient())
    assert ogma(filled, "kb", "attack", "--questions", "1", "--json") == 0
    report = printed(capsys)
    reached = {one["aim"] for one in report["attacks"] if one["engine"] == "ollama"}
    assert reached == {aim.value for aim in Aim}, "the gate alone holds nothing off"
    heard: list[str] = []

    def remembering(context: Sequence[str], left: int) -> str:
        heard.extend(context)
        return _turns([*context, *heard[:1]], left)

    _turns = prompt._turns
    monkeypatch.setattr(prompt, "_turns", remembering)
    assert ogma(filled, "kb", "attack", "--questions", "1", "--json") == 1
    broken = {one["aim"]: one["breach"] for one in printed(capsys)["attacks"] if one["breach"]}
    assert broken == {Aim.OTHER_TICKETS.value: "it stood in a prompt"}


def test_a_limit_that_does_not_hold_is_found_out(
    filled: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """K8: a source of another ticket type that a search finds is a breach."""
    monkeypatch.setattr("ogma.services.answers.Reader.of", lambda *_: Reader())
    assert ogma(filled, "kb", "attack", "--questions", "1", "--json") == 1
    broken = [one for one in printed(capsys)["attacks"] if one["breach"]]
    assert {one["aim"] for one in broken} == {Aim.RESTRICTED.value}


def test_an_empty_knowledge_base_is_attacked_too(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone(data_dir, monkeypatch)
    monkeypatch.setenv("OGMA_MODELS", str(data_dir / "none"))
    assert ogma(data_dir, "kb", "attack", "--json") == 0
    assert {one["aim"] for one in printed(capsys)["attacks"]} == {aim.value for aim in Aim}
