"""Live facts: which tools are asked about a question, with what, and what they may reply.

Nobody but the owner decides what is asked: a tool is chosen by its pattern, its arguments are what
declared patterns find in the question, and the customer is the ticket's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from ogma.domain.automation import TEXT_MAX, first_match, matches
from ogma.domain.passages import Passage
from ogma.domain.tool_policies import ArgumentPolicy, ToolPolicy

VERSION: Final = 1
MOST_FACTS: Final = 5
"""Facts of one reply."""
LONGEST_TITLE: Final = 100
LONGEST_TEXT: Final = 2_000

Value = str | int | bool
_DOCUMENT: Final = "tool:"
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and whose it is. `ticket` is None where there is none, as in a test."""

    ticket: int | None
    type_id: str | None
    customer_id: int
    customer_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a tool knows."""

    title: str
    text: str


class Status(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Called:
    """One call as it stands in the answer's record. `ms` is how long it took."""

    tool: str
    status: Status
    ms: float
    arguments: Mapping[str, Value]
    facts: tuple[Fact, ...] = ()
    problem: str = ""


class UnfitReply(ValueError):
    """A reply that is not what was agreed; the message is one sentence."""


def fits(tool: ToolPolicy, type_id: str | None, text: str) -> bool:
    """Whether this tool is for such a question; without a type, only the text counts."""
    if not tool.enabled or (type_id is not None and tool.types and type_id not in tool.types):
        return False
    return matches(tool.match, text)


def arguments(tool: ToolPolicy, text: str) -> dict[str, Value] | None:
    """What the declared patterns find in the question; None where a required one is missing."""
    found: dict[str, Value] = {}
    for argument in tool.arguments:
        value = _value(argument, text[:TEXT_MAX])
        if value is not None:
            found[argument.name] = value
        elif argument.required:
            return None
    return found


def _value(argument: ArgumentPolicy, text: str) -> Value | None:
    if argument.type == "boolean":
        return first_match(argument.pattern, text) is not None
    written = first_match(argument.pattern, text)
    if not written or len(written) > argument.max_length:
        return None
    if argument.enum:
        known = {choice.casefold(): choice for choice in argument.enum}
        chosen = known.get(written.casefold())
        if chosen is None:
            return None
        written = chosen
    if argument.type == "integer":
        return int(written) if _INTEGER.fullmatch(written) else None
    return written


def schema(tool: ToolPolicy) -> dict[str, Any]:
    """The arguments as a JSON Schema, for whoever writes the server."""
    properties: dict[str, Any] = {}
    for one in tool.arguments:
        shown: dict[str, Any] = {"type": one.type}
        if one.enum:
            integers = one.type == "integer"
            shown["enum"] = [int(each) if integers else each for each in one.enum]
        if one.type == "string":
            shown["maxLength"] = one.max_length
        properties[one.name] = shown
    return {
        "type": "object",
        "properties": properties,
        "required": [one.name for one in tool.arguments if one.required],
        "additionalProperties": False,
    }


def request(tool: ToolPolicy, asked: Asked, values: Mapping[str, Value]) -> dict[str, Any]:
    """The body that a tool is sent. Version 1 keeps its keys for ever; new ones may come."""
    return {
        "version": VERSION,
        "tool": tool.id,
        "ticket": asked.ticket,
        "customer": {"id": str(asked.customer_id), "name": asked.customer_name},
        "question": asked.text,
        "arguments": dict(values),
    }


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _text(longest: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


class _FactReply(_Strict):
    title: Annotated[str, _text(LONGEST_TITLE)]
    text: Annotated[str, _text(LONGEST_TEXT)]


class _FactsReply(_Strict):
    facts: Annotated[list[_FactReply], Field(max_length=MOST_FACTS)]


_REPLY: Final[TypeAdapter[_FactReply | _FactsReply]] = TypeAdapter(_FactReply | _FactsReply)


def parse(body: bytes) -> tuple[Fact, ...]:
    """The facts of a reply, none where the tool knows none. Raises UnfitReply."""
    try:
        reply = _REPLY.validate_json(body)
    except ValidationError as error:
        raise UnfitReply(
            'its reply is not {"title": ..., "text": ...} or {"facts": [...]} with at most'
            f" {MOST_FACTS} facts, titles up to {LONGEST_TITLE} and texts up to {LONGEST_TEXT}"
            " characters"
        ) from error
    facts = reply.facts if isinstance(reply, _FactsReply) else [reply]
    return tuple(Fact(one.title, one.text) for one in facts)


def passages(called: Iterable[Called]) -> tuple[Passage, ...]:
    """The facts as passages of this one answer; their ids are those of no stored chunk."""
    found = [(call.tool, fact) for call in called for fact in call.facts]
    return tuple(
        Passage(-number, f"{_DOCUMENT}{tool}", fact.title, "", None, fact.text)
        for number, (tool, fact) in enumerate(found, start=1)
    )


def is_fact(document: str) -> bool:
    """Whether a cited document is a tool's word and none of the knowledge base."""
    return document.startswith(_DOCUMENT)


def as_record(called: Sequence[Called]) -> list[dict[str, Any]]:
    """The calls as JSON values."""
    return [asdict(call) for call in called]
