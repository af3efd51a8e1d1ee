"""A type's own intake fields, and what a member answered in them (O4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from ogma.domain.setting_types import Policy, Slug

MOST_FIELDS: Final = 5
"""As many as one Discord form shows."""
MOST_CHARACTERS: Final = 3500
"""Of a type's text fields together, so that all answers fit into the pinned message."""
DEFAULT_LENGTH: Final = {"short": 100, "paragraph": 1000}


class FieldPolicy(Policy):
    """[[types.fields]]: one question of the form that a member fills in."""

    id: Slug
    label: Annotated[str, Field(min_length=1, max_length=45)]
    kind: Literal["short", "paragraph", "select", "file"] = "short"
    hint: Annotated[str, Field(max_length=100)] = ""
    required: bool = True
    min_length: Annotated[int, Field(ge=0, le=4000)] = 0
    max_length: Annotated[int, Field(ge=0, le=4000)] = 0
    """0: 100 characters of a short text, 1000 of a paragraph."""
    options: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """What a select offers."""

    @property
    def is_text(self) -> bool:
        """Whether something is typed."""
        return self.kind in DEFAULT_LENGTH

    @property
    def longest(self) -> int:
        """The most characters of an answer; 0 where nothing is typed."""
        return self.max_length or DEFAULT_LENGTH[self.kind] if self.is_text else 0


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """One answered field. `files` are Discord's attachment objects, `text` then their names."""

    field_id: str
    label: str
    kind: str
    text: str
    files: tuple[Mapping[str, Any], ...] = ()


def collected(
    fields: Sequence[FieldPolicy], values: Mapping[str, Any]
) -> tuple[FieldAnswer, ...] | None:
    """The answers in a submitted form by field id, blanks left out; None where one is missing.

    A form may have been filled in before the config was changed, so it is checked again.
    """
    found = []
    for field in fields:
        answer = _answer(field, values.get(field.id))
        if answer.text:
            found.append(answer)
        elif field.required:
            return None
    return tuple(found)


def _answer(field: FieldPolicy, value: Any) -> FieldAnswer:
    if field.kind == "file":
        files = tuple(value or ())
        return FieldAnswer(field.id, field.label, field.kind, named(files), files)
    if field.kind == "select":
        chosen = [one for one in value or () if one in field.options]
        return FieldAnswer(field.id, field.label, field.kind, ", ".join(chosen))
    return FieldAnswer(field.id, field.label, field.kind, str(value or "").strip())


def named(files: Sequence[Mapping[str, Any]]) -> str:
    """The names of Discord's attachments, as the text of an answer."""
    return ", ".join(str(one["filename"]) for one in files)


def question(answers: Sequence[FieldAnswer]) -> str:
    """The answers as the first question to the AI.

    It is what was told in more than one word; where nothing was, the facts stand for it.
    """
    told = [one.text for one in answers if _tells(one)]
    return "\n".join(told) or facts(answers)


def facts(answers: Sequence[FieldAnswer]) -> str:
    """The short answers, such as an order number or a choice: what the question is asked with."""
    given = [one for one in answers if one.kind != "file" and not _tells(one)]
    return "\n".join(f"{one.label}: {one.text}" for one in given)


def _tells(one: FieldAnswer) -> bool:
    return one.kind in DEFAULT_LENGTH and len(one.text.split()) > 1
