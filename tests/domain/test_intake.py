"""O4: what a form with own fields gives."""

from __future__ import annotations

from typing import Any

import pytest

from ogma.domain.intake import FieldAnswer, FieldPolicy, collected, facts, question

ORDER = FieldPolicy(id="order", label="Order number")
STORY = FieldPolicy(id="story", label="What happened?", kind="paragraph", required=False)
DEVICE = FieldPolicy(id="device", label="Device", kind="select", options=("Phone", "Desk"))
SHOT = FieldPolicy(id="shot", label="Screenshot", kind="file", required=False)
FIELDS = (ORDER, STORY, DEVICE, SHOT)
FILE = {"id": "5", "filename": "a.png", "size": 3, "url": "http://x"}

WHOLE: dict[str, Any] = {
    "order": " 4711 ",
    "story": "It\nbroke.",
    "device": ["Phone"],
    "shot": [FILE],
}


def test_o4_answers_in_their_order() -> None:
    """O4: trimmed text, the chosen option, the names of files."""
    assert collected(FIELDS, WHOLE) == (
        FieldAnswer("order", "Order number", "short", "4711"),
        FieldAnswer("story", "What happened?", "paragraph", "It\nbroke."),
        FieldAnswer("device", "Device", "select", "Phone"),
        FieldAnswer("shot", "Screenshot", "file", "a.png", (FILE,)),
    )


def test_o4_what_may_be_left_out_is_left_out() -> None:
    found = collected(FIELDS, {"order": "1", "story": "  ", "device": ["Desk"], "shot": []})
    assert found is not None
    assert [one.field_id for one in found] == ["order", "device"]


@pytest.mark.parametrize("changes", [{"order": "  "}, {"device": []}, {"device": ["Fridge"]}])
def test_o4_what_is_required_is_missing(changes: dict[str, Any]) -> None:
    """O4: blanks, and options that are no longer offered, are no answers."""
    assert collected(FIELDS, {**WHOLE, **changes}) is None


def test_o4_the_first_question_to_the_ai() -> None:
    """O4: what was told is the question; numbers and choices are the facts beside it."""
    answers = collected(FIELDS, WHOLE)
    assert answers is not None
    assert question(answers) == "It\nbroke."
    assert facts(answers) == "Order number: 4711\nDevice: Phone"
    assert question(()) == facts(()) == ""


def test_o4_where_nothing_was_told_the_facts_are_the_question() -> None:
    answers = collected(FIELDS, {"order": "4711", "device": ["Phone"], "shot": [FILE]})
    assert answers is not None
    assert question(answers) == "Order number: 4711\nDevice: Phone"
    assert question(answers[2:]) == ""


def test_the_longest_answer() -> None:
    assert [field.longest for field in FIELDS] == [100, 1000, 0, 0]
    assert FieldPolicy(id="x", label="X", max_length=7).longest == 7
