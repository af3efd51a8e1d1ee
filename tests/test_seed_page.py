"""Every row of the page that Ogma started from has a test over the wire, which says so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.e2e.seed_page import HEADING, ROWS, Row, paths, table

E2E = Path(__file__).parent / "e2e"
README = Path(__file__).parents[1] / "README.md"


def documented(file: str) -> dict[str, str]:
    """Each test of a file with what it says of itself, its file's first line included."""
    tree = ast.parse((E2E / file).read_text(encoding="utf-8"))
    above = ast.get_docstring(tree) or ""
    return {
        node.name: f"{above} {ast.get_docstring(node) or ''}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.says[:40])
def test_each_row_has_tests_that_name_its_promises(row: Row) -> None:
    """Together they name every promise that keeps the row."""
    said = ""
    for file, test in paths(row):
        tests = documented(file)
        assert test in tests, f"{file}::{test}"
        said += f" {tests[test]} {test.upper()}"
    named = set(re.findall(r"[A-Z]\d+", _ranges(said)))
    assert set(row.promises.split()) <= named


def _ranges(text: str) -> str:
    """'Q1 to Q4' names Q2 and Q3 too."""
    for letter, first, last in re.findall(r"([A-Z])(\d+) to \1(\d+)", text):
        text += " ".join(f" {letter}{number}" for number in range(int(first), int(last)))
    return text


def test_the_readme_has_this_table() -> None:
    """Where the README shows it, it is the newest: `python -m tests.e2e.seed_page`."""
    readme = README.read_text(encoding="utf-8")
    assert HEADING not in readme or table() in readme
