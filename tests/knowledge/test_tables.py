"""K1: CSV and JSON to Markdown: tables, records, sections."""

from __future__ import annotations

import csv
import json

import pytest

from ogma.knowledge.content import Unreadable
from ogma.knowledge.readers import read


def text_of(data: str, name: str) -> str:
    return read(data.encode(), name).text


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_short_rows_become_a_table(separator: str) -> None:
    rows = [["Plan", "Price", "Note"], ["Ember", "9.90", "a|b"], ["Forge", "18.90", ""]]
    text = "\n".join(separator.join(row) for row in rows)
    assert text_of(text, "plans.csv") == (
        "| Plan | Price | Note |\n|---|---|---|\n| Ember | 9.90 | a\\|b |\n| Forge | 18.90 |  |"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a|b\n1|#x, y#\n2|z\n", "| a | b |\n|---|---|\n| 1 | #x, y# |\n| 2 | z |"),
        (
            'a;b\n"1,5";"say ""yes"", then; go"\n',
            '| a | b |\n|---|---|\n| 1,5 | say "yes", then; go |',
        ),
        ("sep=;\na;b\n1,2;3,4\n", "| a | b |\n|---|---|\n| 1,2 | 3,4 |"),
        ("name\nEmber\nForge\n", "| name |\n|---|\n| Ember |\n| Forge |"),
        (
            "Prices of 2026, without tax\n\nplan;price\nEmber;9,90\nForge;18,90\n",
            "Prices of 2026, without tax\n\n| plan | price |\n|---|---|\n"
            "| Ember | 9,90 |\n| Forge | 18,90 |",
        ),
    ],
)
def test_k1_separators_quotes_and_captions(text: str, told: str) -> None:
    assert text_of(text, "plans.csv") == told


def test_long_rows_become_sections_named_by_their_question() -> None:
    answer = "You open the panel, and then you choose the plan. " * 5
    text = f'id,question,answer\n1,How do I pay?,"{answer}"\n2,How do I leave?,"{answer}"\n'
    assert text_of(text, "faq.csv") == "\n\n".join(
        part
        for number, name in ((1, "How do I pay?"), (2, "How do I leave?"))
        for part in (f"## {name}", f"id: {number}", f"answer: {answer.strip()}")
    )


def test_json_keeps_its_keys_as_headings() -> None:
    value = {"title": "Shop", "hours": {"monday": "9-17", "closed": True}, "tags": ["a", 2]}
    assert text_of(json.dumps(value), "shop.json") == (
        "title: Shop\n\n# hours\n\nmonday: 9-17\n\nclosed: true\n\n# tags\n\n- a\n- 2"
    )


def test_json_lines_are_records() -> None:
    lines = '{"plan": "Ember", "price": 9.9}\n{"plan": "Forge", "slots": 80}\n'
    assert text_of(lines, "plans.jsonl") == (
        "| plan | price | slots |\n|---|---|---|\n| Ember | 9.9 |  |\n| Forge |  | 80 |"
    )


def test_json_that_is_none_is_text() -> None:
    assert text_of("{not json}", "x.json") == "{not json}"


def test_deeply_nested_json_is_text_or_a_reason() -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        read(b"[" * 100_000 + b"]" * 100_000, "x.json")


def test_a_small_table_takes_no_room_from_others() -> None:
    """The longest field that Python reads is one number for the whole process."""
    before = csv.field_size_limit()
    text_of("a,b\n1,2\n", "small.csv")
    assert csv.field_size_limit() >= before
    assert "x" * 200_000 in text_of(f"a,b\n{'x' * 200_000},2\n", "large.csv")
