"""`ogma kb asked` and `ogma macros list`: what only Discord would show otherwise (A9, Q3)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ogma.domain.clock import DAY
from ogma.services import asking
from ogma.services.asking import Asked
from ogma.services.data import erasure
from tests.cli.conftest import Ogma
from tests.cli.desks import CONFIG, NOW, make_desk
from tests.services.test_replies import ANSWER, SEARCH

BILLING = """
[[types]]
id = "billing"
label = "Billing"
category = "6"
"""
MACROS = """
[[macros]]
id = "hello"
text = '''Hello {customer},
welcome.'''
[[macros]]
id = "refund"
text = "It is on its way."
types = ["billing"]
"""


@pytest.fixture(autouse=True)
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").write_text(CONFIG + BILLING + MACROS)
    monkeypatch.setenv("OGMA_MODELS", str(tmp_path / "none"))
    monkeypatch.setattr("ogma.services.desk.Clock.now", lambda self: NOW + DAY)


def test_a9_what_was_asked_in_private(ogma: Ogma, tmp_path: Path) -> None:
    """A8, A9: question, outcome and source; gone with the person who asked (D2)."""
    desk = make_desk(tmp_path / "data")
    assert ogma("kb", "asked").out == "Nothing was asked with /ask.\n"
    begun = Asked(77, "How do I\x1b[31m reset it?", frozenset(), frozenset())
    asking.finish(desk, begun, ANSWER, SEARCH)
    [one] = json.loads(ogma("kb", "asked", "--json").out)["questions"]
    assert (one["outcome"], one["asker"]) == ("answer", "77")
    shown = ogma("kb", "asked").out
    assert "answered" in shown and "reset it?" in shown and "\x1b" not in shown
    assert erasure.person(desk, "77") == 77
    assert ogma("data", "forget", "77", "--yes").code == 0
    assert json.loads(ogma("kb", "asked", "--json").out)["questions"] == []
    desk.db.close()


def test_q3_the_macros_of_the_config(ogma: Ogma) -> None:
    """Q3: in their order, all or those of one type."""
    found = json.loads(ogma("macros", "list", "--json").out)["macros"]
    assert [(one["id"], one["types"]) for one in found] == [("hello", []), ("refund", ["billing"])]
    assert "Hello {customer}, welcome." in ogma("macros", "list").out
    few = json.loads(ogma("macros", "list", "--type", "support", "--json").out)["macros"]
    assert [one["id"] for one in few] == ["hello"]
