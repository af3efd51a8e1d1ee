"""`ogma kb add`: pasted text as a document (K1)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG

TEXT = "# Hours\n\nWe answer from nine to five on working days.\n"


@pytest.fixture(autouse=True)
def _words_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "none"))


def searched(ogma: Ogma, query: str, *options: str) -> list[str]:
    found = json.loads(ogma("kb", "search", query, "--json", *options).out)
    return [one["document"] for one in found["results"]]


def test_k1_pasted_text_is_taken_in_replaced_and_removed(ogma: Ogma) -> None:
    done = ogma("kb", "add", "--title", "Opening  hours", typed=TEXT)
    assert (done.code, done.out) == (0, "Added: Opening hours; 1 passage.\n")
    assert searched(ogma, "working days") == ["Opening hours"]
    same = ogma("kb", "add", "--title", "Opening hours", "--json", typed=TEXT)
    assert json.loads(same.out) == {
        "document": "Opening hours", "outcome": "unchanged", "chunks": 1,
    }  # fmt: skip
    done = ogma("kb", "add", "--title", "Opening hours", typed="We never close.")
    assert done.out == "Changed: Opening hours; 1 passage.\n"
    assert searched(ogma, "working days") == []
    assert ogma("kb", "remove", "Opening hours").code == 0
    assert searched(ogma, "never close") == []


def test_k8_pasted_text_may_be_limited_to_a_type(ogma: Ogma) -> None:
    ogma("kb", "add", "--title", "Hours", "--only-type", "support", typed=TEXT)
    assert searched(ogma, "working days", "--type", "other") == []
    ogma("kb", "add", "--title", "Hours", typed=TEXT + "\nMore.")
    assert searched(ogma, "working days", "--type", "other") == [], "as before"
    ogma("kb", "add", "--title", "Hours", "--all-types", typed=TEXT + "\nMore.")
    assert searched(ogma, "working days", "--type", "other") == ["Hours"]


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("Hours", " \n", "no text on standard input"),
        (" ", TEXT, "A title needs 1 to 200 characters, and this has 0."),
        ("x" * 201, TEXT, "and this has 201."),
        ("guide.md", TEXT, "another document named 'guide.md'"),
    ],
)
def test_what_is_no_document_is_refused(
    ogma: Ogma, tmp_path: Path, title: str, text: str, said: str
) -> None:
    (tmp_path / "guide.md").write_text("# Guide\n\nA file of its own.\n")
    ogma("kb", "ingest", tmp_path / "guide.md")
    done = ogma("kb", "add", "--title", title, typed=text)
    assert (done.code, done.out) == (2, "") and said in done.err
    assert searched(ogma, "file of its own") == ["guide.md"]
