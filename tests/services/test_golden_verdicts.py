"""Verdicts on drafts as golden questions (A7, K7)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.errors import OgmaError
from ogma.services import shadow
from ogma.services.knowledge import golden
from ogma.services.knowledge.golden import Golden
from ogma.services.knowledge.golden_verdicts import append, from_verdicts

from .conftest import STAFF, Office
from .test_shadow import draft, veiled

__all__ = ["veiled"]


def test_a7_each_verdict_can_become_a_golden_question(veiled: Office, tmp_path: Path) -> None:
    """A7: sent ones expect their source, wrong ones a hand-over; asked twice they stand once."""
    shadow.send(veiled.desk, STAFF, draft(veiled, 'How do I "fly"?\nWrite to amy@example.com.'))
    veiled.deliver()
    shadow.wrong(veiled.desk, STAFF, draft(veiled, "Do you sell \x7f boats?"))
    veiled.deliver()
    draft(veiled, "Not judged yet?")
    path = tmp_path / "golden.toml"
    path.write_text('# mine\n[[question]]\nquestion = "Old?"\nescalate = true\n', encoding="utf-8")
    found = from_verdicts(veiled.desk)
    assert len(append(path, found)) == 2
    assert append(path, found) == []
    loaded = golden.load(path)
    assert path.read_text(encoding="utf-8").startswith("# mine\n")
    assert loaded[0] == Golden("Old?", escalate=True)
    assert loaded[1].document == "a.md" and loaded[1].type_id == "general"
    assert loaded[1].question.startswith('How do I "fly"? Write to')
    assert "amy@example.com" not in loaded[1].question
    assert loaded[2].question == "Do you sell \x7f boats?" and loaded[2].escalate


@pytest.mark.parametrize("name", ["golden.csv", "golden"])
def test_only_toml_is_added_to(tmp_path: Path, name: str) -> None:
    with pytest.raises(OgmaError, match=r"must end in \.toml"):
        append(tmp_path / name, [Golden("q", escalate=True)])
