"""The model's reply as it was proposed: nothing of it is believed yet."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from ogma.answering.errors import BadReply

_FENCE: Final = "```"


class DraftSentence(BaseModel):
    """One sentence with the ids of its passages and the words that it claims to rest on."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    text: str
    passages: tuple[int, ...]
    quotes: tuple[str, ...]


class Draft(BaseModel):
    """A proposed answer."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    answerable: bool
    sentences: tuple[DraftSentence, ...]


def parse(content: str) -> Draft:
    """The draft in the model's reply, also when it is wrapped in a Markdown fence.

    Raises BadReply for anything else.
    """
    try:
        return Draft.model_validate_json(_unfenced(content.strip()))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the reply"
        raise BadReply(f"The model's reply breaks the schema: {place}: {first['msg']}") from error


def _unfenced(content: str) -> str:
    if not (content.startswith(_FENCE) and content.endswith(_FENCE)):
        return content
    return content.strip("`").removeprefix("json")
