"""A5: numbers, units, code, addresses and names must be copied, not made."""

from __future__ import annotations

import pytest

from ogma.answering.literals import (
    Figure,
    code_tokens,
    figures,
    foreign_code,
    foreign_figures,
    foreign_names,
    links,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("14 days", [Figure("14", "day")]),
        ("fourteen days", [Figure("14", "day")]),
        ("€5.00 or 5 EUR or 5€", [Figure("5", "eur")] * 3),
        ("$1,250", [Figure("1250", "usd")]),
        ("1 250 kg", [Figure("1250", "kg")]),
        ("10-14 days", [Figure("10", "day"), Figure("14", "day")]),
        ("version 3.2.1", [Figure("3.2.1", None)]),
        ("on 2024-05-01 at 10:30", [Figure("2024-05-01", None), Figure("10:30", None)]),
        ("25 %, 25 percent", [Figure("25", "%")] * 2),
        ("9 am to 5 pm", [Figure("9", "am"), Figure("5", "pm")]),
    ],
)
def test_numbers_are_found_in_comparable_spelling(text: str, found: list[Figure]) -> None:
    assert figures(text) == found


@pytest.mark.parametrize(
    ("answer", "evidence", "foreign"),
    [
        ("It takes 14 days.", "Paid within 14 days.", []),
        ("It takes fourteen days.", "Paid within 14 days.", []),
        ("It takes 15 days.", "Paid within 14 days.", ["15"]),
        ("It takes 14 hours.", "Paid within 14 days.", ["14 hour"]),
        ("It costs $5.", "It costs 5 EUR.", ["5 usd"]),
        ("It costs 5 EUR.", "| Price (EUR) |\n| 5 |", []),
        ("Use 3.2.", "Use 3.2.1.", ["3.2"]),
        ("10 to 14 days", "10-14 days", []),
        ("10-14 days", "10 to 14 days", []),
        ("1,000 members", "1000 members", []),
        ("One of them works.", "Some work.", []),
        ("It takes two days.", "It takes days.", ["2"]),
    ],
)
def test_numbers_and_their_units_must_occur(answer: str, evidence: str, foreign: list[str]) -> None:
    assert foreign_figures(answer, evidence) == foreign


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Run `ogma run` now", ["ogma run"]),
        ("Use --force and -v", ["--force", "-v"]),
        ("Type /close in the channel", ["/close"]),
        ("Mail help@example.org.", ["help@example.org"]),
        ("Edit config.toml or ~/.ogma/data", ["config.toml", "~/.ogma/data"]),
        ("Set MAX_SIZE=3 and maxOpen", ["MAX_SIZE=3", "maxOpen"]),
        ("Press Ctrl+Shift+P", ["Ctrl+Shift+P"]),
        ("```sh\nogma kb ingest\n```", ["ogma kb ingest"]),
        ("A plain sentence, e.g. and/or so on. Next one.", []),
    ],
)
def test_code_is_recognised(text: str, tokens: list[str]) -> None:
    assert [token.strip() for token in code_tokens(text)] == tokens


def test_code_must_occur_letter_for_letter() -> None:
    assert foreign_code("Run `ogma  run`.", "Then `ogma\nrun` it.") == []
    assert foreign_code("Run `ogma Run --all`.", "Then `ogma run` it.") == ["ogma Run --all"]
    assert foreign_code("Use --purge.", "Use --force.") == ["--purge"]


def test_names_must_occur() -> None:
    evidence = "Open settings and press the Billing button in the app."
    assert foreign_names("Open Settings, then Billing.", evidence) == []
    assert foreign_names("Write to Acme Support.", evidence) == ["Acme", "Support"]
    assert foreign_names("Refunds? I think so. Open it.", evidence) == []


def test_links_end_before_the_punctuation_of_the_sentence() -> None:
    assert links("See https://a.example/x_(y)?q=1. And (www.b.example).") == [
        "https://a.example/x_(y)?q=1",
        "www.b.example",
    ]
