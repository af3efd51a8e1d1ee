"""What the owner has decided about live facts: which servers may be asked before an answer.

Field names are the keys of config.toml; every default is the shipped one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ogma.domain.setting_types import HttpUrl, Policy, Slug

ArgumentName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,31}$"),
    Field(description="at most 32 letters, digits and _, not starting with a digit"),
]


class ArgumentPolicy(Policy):
    """[[tools.arguments]]: one value that is found in the question, in JSON Schema's words."""

    name: ArgumentName
    type: Literal["string", "integer", "boolean"] = "string"
    pattern: Annotated[str, Field(min_length=1, max_length=500)]
    """Its first match in the question is the value (its first group, where it has one)."""
    enum: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()
    """What the value may be, in whatever case; empty: anything."""
    max_length: Annotated[int, Field(ge=1, le=500)] = 100
    required: bool = True
    """Without it the tool is not called."""


class ToolPolicy(Policy):
    """[[tools]]: a server of the owner's that is asked for facts before a question is answered."""

    id: Slug
    url: HttpUrl
    description: Annotated[str, Field(max_length=200)] = ""
    enabled: bool = True
    match: Annotated[str, Field(max_length=500)] = ""
    """Text, in whatever case, or 'regex:' and a pattern; "" fits every question."""
    types: tuple[Slug, ...] = ()
    """Ticket types that it is for; empty means all."""
    timeout_s: Annotated[float, Field(ge=1, le=10)] = 3
    """For the whole call; then the question is answered without it."""
    secret_file: str = ""
    """Holds the key of the signatures; relative to the data folder. "": tool-ID.secret."""
    arguments: Annotated[tuple[ArgumentPolicy, ...], Field(max_length=10)] = ()
