"""Staff hear once that the model is away, and once that it is back."""

from __future__ import annotations

from dataclasses import replace

from ogma.domain.effects import Kind
from ogma.services import outages

from .conftest import Office
from .test_replies import ANSWER, UNKNOWN

DOWN = replace(UNKNOWN, engine="none", model_error="Unreachable")
QUOTED = replace(ANSWER, engine="extractive", model_error="Timeout")
BACK = replace(ANSWER, engine="ollama")


def test_p23_exactly_one_notice_per_outage(office: Office) -> None:
    """A6, P23: down, down, back, back, down: three notices."""
    for verdict in (DOWN, QUOTED, DOWN, BACK, BACK, DOWN):
        office.clock.at += 1
        with office.desk.db.write():
            outages.note(office.desk, verdict)
    assert [key.split(":")[1] for key in office.waiting()] == [
        "model_down", "model_back", "model_down",
    ]  # fmt: skip
    assert office.deliver() == [Kind.STAFF_NOTICE] * 3


def test_an_engine_without_a_model_says_nothing(office: Office) -> None:
    with office.desk.db.write():
        outages.note(office.desk, replace(ANSWER, engine="extractive"))
    assert office.deliver() == []
