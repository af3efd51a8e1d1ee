"""Which chunks are lists of short lines (K5)."""

from __future__ import annotations

from ogma.knowledge.lines import MOST, lines


def test_messages_one_below_the_other_are_lines() -> None:
    messages = ["Where is my order?", "has my parcel left", "I want to track my shipment"]
    assert lines("\n\n".join(messages)) == messages


def test_the_points_of_a_list_are_not_lines() -> None:
    assert lines("- first point\n- second point\n- third point\n- fourth point") == []


def test_prose_has_no_lines_even_if_it_is_wrapped() -> None:
    assert lines("One sentence.\n\nAnother one.") == []
    wrapped = "\n".join(["These words are wrapped at about forty signs"] * 6)
    assert lines(wrapped) == []
    assert lines("\n\n".join([wrapped] * 4)) == []


def test_code_and_tables_have_no_lines() -> None:
    assert lines("One.\n\nTwo.\n\n```\nthree\n\nfour\n```") == []
    assert lines("One.\n\nTwo.\n\n| a | b |\n|---|---|\n| 1 | 2 |") == []


def test_rules_and_empty_lines_do_not_count_and_the_number_is_bounded() -> None:
    assert lines("One.\n\n---\n\n \n\nTwo.") == []
    assert len(lines("\n\n".join(["word"] * 500))) == MOST
