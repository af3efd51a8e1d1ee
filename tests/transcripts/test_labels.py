from __future__ import annotations

import ast
from datetime import datetime
from pathlib import Path

import pytest

import ogma.services
from ogma.domain.archive import Side
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.escalation import Cause
from ogma.transcripts.labels import LABELS, Words


def test_values_are_never_read_as_placeholders() -> None:
    words = Words({"event.claimed": "{actor} took {kind} {missing} {actor.__class__}"})
    assert (
        words.event("claimed", "{kind}{0}") == "{kind}{0} took claimed {missing} {actor.__class__}"
    )


def test_moments_have_leading_zeros_where_asked() -> None:
    at = datetime(2026, 3, 2, 4, 5, 6)
    words = Words({"moment": "{day:02}.{month_number:02}.{year} {hour:02}:{minute:02}:{second:02}"})
    assert words.moment("moment", at) == "02.03.2026 04:05:06"
    assert words.moment("date", at) == "Monday, March 2, 2026"


@pytest.mark.parametrize(
    ("group", "values"),
    [("reason", CloseReason), ("cause", CloseCause), ("escalation", Cause), ("side", Side)],
)
def test_every_stored_code_has_a_label(group: str, values: type[CloseReason]) -> None:
    assert [value for value in values if f"{group}.{value}" not in LABELS] == []


def event_kinds() -> set[str]:
    """What the services note in a ticket's history, as far as it stands there as one word."""
    found = set[str]()
    for path in sorted(Path(ogma.services.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_event":
                kind = node.args[3] if len(node.args) > 3 else None
                if isinstance(kind, ast.Name):
                    kind = named.get(kind.id)
                if isinstance(kind, ast.Constant):
                    found.add(str(kind.value))
    return found


def test_every_event_has_a_sentence() -> None:
    """A kind that is added to a ticket's history needs its words, in every language."""
    kinds = event_kinds()
    assert {"opened", "claimed", "closed", "secret_masked"} <= kinds
    several = {"locked", "unlocked", "sla_warning", "sla_breached", "draft_sent", "draft_edited"}
    assert {kind for kind in kinds | several if f"event.{kind}" not in LABELS} == set()


def test_a_code_without_a_label_is_made_readable() -> None:
    words = Words()
    assert words.of("reason", "moved_to_mail") == "Moved to mail"
    assert words.of("reason", "") is None
    assert words.of("reason", None) is None


def test_counting() -> None:
    assert [Words().count(n) for n in (0, 1, 2)] == ["0 messages", "1 message", "2 messages"]


def test_a_catalogue_lays_its_labels_over_the_english_ones() -> None:
    words = Words({"customer": "Kunde"})
    assert words("customer") == "Kunde"
    assert words("type") == LABELS["type"]
