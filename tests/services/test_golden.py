"""K7: golden questions, their files and what is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.answers import Outcome, Verdict
from ogma.domain.passages import Hit, Passage, Search
from ogma.errors import NotFound, OgmaError
from ogma.services.knowledge.golden import Golden, compare, judge, load, remember

SEARCH = Search(
    "q",
    "words",
    tuple(
        Hit(Passage(number, document, "T", "", None, text), 0.5, None, 0.5)
        for number, (document, text) in enumerate([("a.md", "Five days."), ("b.md", "Ten euros.")])
    ),
    1,
)
ANSWER = Verdict(Outcome.ANSWER, "q", 0.9, 0.5, "extractive", text="Five   DAYS.")
HANDED = Verdict(Outcome.ESCALATE, "q", 0.1, 0.5, "none")


@pytest.mark.parametrize(
    ("golden", "verdict", "faults"),
    [
        (Golden("q", document="a.md", contains=("five days",)), ANSWER, ()),
        (Golden("q", document="b.md"), ANSWER, ("found a.md first instead of b.md",)),
        (Golden("q", contains=("ten euros",)), ANSWER, ("does not say 'ten euros'",)),
        (Golden("q", contains=("ten euros",)), HANDED, ()),
        (Golden("q", not_contains=("days",)), ANSWER, ("says 'days'",)),
        (Golden("q", escalate=True), HANDED, ()),
        (
            Golden("q", escalate=True),
            ANSWER,
            ("it was answered and should have been handed to staff",),
        ),
    ],
)
def test_each_expectation_is_judged(
    golden: Golden, verdict: Verdict, faults: tuple[str, ...]
) -> None:
    result = judge(golden, verdict, SEARCH)
    assert result.faults == faults
    assert result.passed is (not faults)


def test_finding_nothing_is_a_fault() -> None:
    result = judge(Golden("q", document="a.md"), HANDED, Search("q", "words", (), 1))
    assert result.faults == ("found nothing first instead of a.md",)


TOML = """
[[question]]
question = "How long?"
document = "a.md"
contains = "five"
type = "billing"

[[question]]
question = "Lasagne?"
escalate = true
"""
CSV = "question,document,contains,escalate,type\nHow long?,a.md,five,,billing\nLasagne?,,,yes,\n"


@pytest.mark.parametrize(("name", "text"), [("g.toml", TOML), ("g.csv", CSV)])
def test_both_kinds_of_file_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert load(path) == [
        Golden("How long?", "a.md", ("five",), type_id="billing"),
        Golden("Lasagne?", escalate=True),
    ]


def test_a_cell_may_hold_several_texts(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("question,contains\nWhat?,one | two\n")
    assert load(path)[0].contains == ("one", "two")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = [", "is no valid TOML"),
        ("", "holds no questions"),
        ("question = 1", "a table of its own"),
        ("[[question]]\ndocument = 'a'", "question 1: the key 'question'"),
        ("[[question]]\nquestion = 'a'", "nothing is expected"),
        ("[[question]]\nquestion = 'a'\ndokument = 'b'", "no key 'dokument'"),
        ("[[question]]\nquestion = 'a'\ncontains = [1]", "a text or a list of texts"),
    ],
)
def test_a_wrong_file_is_a_sentence_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "g.toml"
    path.write_text(text)
    with pytest.raises(OgmaError, match=reason):
        load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load(tmp_path / "nope.toml")


def test_runs_are_compared_with_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "g.toml"
    good = judge(Golden("one", document="a.md"), ANSWER, SEARCH)
    bad = judge(Golden("one", document="b.md"), ANSWER, SEARCH)
    other_bad = judge(Golden("two", document="b.md"), ANSWER, SEARCH)
    other_good = judge(Golden("two", document="a.md"), ANSWER, SEARCH)
    assert compare(tmp_path, path, [good]) is None
    remember(tmp_path, path, [good, other_bad])
    found = compare(tmp_path, path, [bad, other_good])
    assert found is not None
    assert (found.broken, found.repaired, found.passed_before) == (("one",), ("two",), 1)
    assert compare(tmp_path, tmp_path / "other.toml", [good]) is None
