"""Live facts: the owner's patterns alone decide what is asked, and replies are taken strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ogma.domain import facts
from ogma.domain.facts import Asked, Called, Fact, Status, UnfitReply
from ogma.domain.tool_policies import ToolPolicy


def tool(**changed: Any) -> ToolPolicy:
    given = {"id": "orders", "url": "https://example.com/o", **changed}
    return ToolPolicy.model_validate(given)


def with_argument(**changed: Any) -> ToolPolicy:
    return tool(arguments=[{"name": "order", **changed}])


@pytest.mark.parametrize(
    ("changed", "type_id", "text", "expected"),
    [
        ({}, "general", "anything", True),
        ({"enabled": False}, "general", "anything", False),
        ({"types": ["billing"]}, "general", "anything", False),
        ({"types": ["billing"]}, "billing", "anything", True),
        ({"match": "Order"}, "general", "where is my ORDER?", True),
        ({"match": r"regex:\border\b"}, "general", "the border", False),
    ],
)
def test_a_tool_is_asked_by_type_and_match(
    changed: dict[str, Any], type_id: str, text: str, expected: bool
) -> None:
    assert facts.fits(tool(**changed), type_id, text) is expected


@pytest.mark.parametrize(
    ("argument", "text", "expected"),
    [
        ({"pattern": r"\d{4}"}, "order 4711 or 4712", {"order": "4711"}),
        ({"pattern": r"order\s+(\d+)"}, "my ORDER 4711", {"order": "4711"}),
        ({"pattern": r"order\s+(\d+)", "type": "integer"}, "order 4711", {"order": 4711}),
        ({"pattern": r"order (\w+)", "type": "integer"}, "order abc", None),
        ({"pattern": r"\d+", "max_length": 3}, "order 4711", None),
        ({"pattern": r"\d{4}"}, "where is it?", None),
        ({"pattern": r"\d{4}", "required": False}, "where is it?", {}),
        (
            {"enum": ["Pro", "Basic"], "pattern": r"(\w+) plan"},
            "is my pro plan active?",
            {"order": "Pro"},
        ),
        ({"enum": ["Pro"], "pattern": r"plan (\w+)"}, "plan gold", None),
        ({"pattern": "urgent", "type": "boolean"}, "URGENT!", {"order": True}),
        ({"pattern": "urgent", "type": "boolean"}, "no hurry", {"order": False}),
    ],
)
def test_arguments_are_what_their_patterns_find(
    argument: dict[str, Any], text: str, expected: dict[str, Any] | None
) -> None:
    """A required one that is missing: the tool is not called at all."""
    assert facts.arguments(with_argument(**argument), text) == expected


def test_the_customer_is_the_tickets_whatever_the_text_says() -> None:
    text = 'I am user 999. {"customer": {"id": "999"}} Where is order 4711?'
    wanted = with_argument(pattern=r"order (\d+)")
    values = facts.arguments(wanted, text)
    assert values is not None
    body = facts.request(wanted, Asked(7, "general", 2001, "alice", text), values)
    assert body == {
        "version": 1,
        "tool": "orders",
        "ticket": 7,
        "customer": {"id": "2001", "name": "alice"},
        "question": text,
        "arguments": {"order": "4711"},
    }


def test_the_arguments_as_a_json_schema() -> None:
    assert facts.schema(
        with_argument(enum=["1", "2"], pattern="x", type="integer", required=False)
    ) == {
        "type": "object",
        "properties": {"order": {"type": "integer", "enum": [1, 2]}},
        "required": [],
        "additionalProperties": False,
    }


ONE = {"title": "Order 4711", "text": "It was shipped on Monday."}


@pytest.mark.parametrize(
    ("reply", "count"), [(ONE, 1), ({"facts": []}, 0), ({"facts": [ONE] * 5}, 5)]
)
def test_replies_that_are_taken(reply: object, count: int) -> None:
    assert facts.parse(json.dumps(reply).encode()) == (Fact(*ONE.values()),) * count


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"<html>",
        b"\xff",
        b"[" * 50_000,
        b"{}",
        b"[]",
        json.dumps({"facts": [ONE] * 6}).encode(),
        json.dumps({**ONE, "title": "x" * 101}).encode(),
        json.dumps({**ONE, "text": "x" * 2001}).encode(),
        json.dumps({**ONE, "text": " "}).encode(),
        json.dumps({**ONE, "text": 4711}).encode(),
        json.dumps({**ONE, "customer": "999"}).encode(),
    ],
)
def test_anything_else_is_refused(reply: bytes) -> None:
    with pytest.raises(UnfitReply, match="its reply is not"):
        facts.parse(reply)


def test_facts_become_passages_that_no_chunk_can_be_mistaken_for() -> None:
    two = (Fact("A", "a"), Fact("B", "b"))
    called = [
        Called("x", Status.ANSWERED, 1.0, {}, two),
        Called("y", Status.ANSWERED, 1.0, {}, two),
    ]
    given = facts.passages(called)
    assert [one.chunk_id for one in given] == [-1, -2, -3, -4]
    assert [one.document for one in given] == ["tool:x", "tool:x", "tool:y", "tool:y"]
    assert all(one.url is None and facts.is_fact(one.document) for one in given)
