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


def test_a_model_that_is_only_busy_is_no_outage(office: Office) -> None:
    with office.desk.db.write():
        outages.note(office.desk, replace(QUOTED, model_error="Busy"))
    assert office.deliver() == []


def test_p23_one_odd_reply_is_no_outage_and_three_in_a_row_are(office: Office) -> None:
    """A6, P23: a reply that was cut says nothing of the next one; only cut ones mean a fault."""
    cut, long = (replace(QUOTED, model_error=name) for name in ("BadReply", "TooLong"))
    for verdict in (cut, BACK, cut, long, BACK, BACK, long, cut):
        with office.desk.db.write():
            outages.note(office.desk, verdict)
    assert office.waiting() == []
    for verdict in (cut, cut, BACK):
        office.clock.at += 1
        with office.desk.db.write():
            outages.note(office.desk, verdict)
    assert [key.split(":")[1] for key in office.waiting()] == ["model_down", "model_back"]


def test_another_model_under_the_same_name_is_told_once(office: Office) -> None:
    """facts A4: the digest is recorded, and a change reported; two hosts may differ for good."""
    one, other = "a" * 64, "b" * 64
    for digest in (one, one, other, one, other):
        with office.desk.db.write():
            outages.note(office.desk, replace(BACK, model="gemma4:e4b", model_digest=digest))
    assert office.waiting() == [f"notice:model_changed:{other}:{office.clock.at}"]
    assert office.deliver() == [Kind.STAFF_NOTICE]
