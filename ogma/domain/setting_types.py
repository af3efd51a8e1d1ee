"""What a single setting may be, and the base of every settings table."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from ogma.domain import internal_hosts


def _snowflake(value: object) -> object:
    """Discord shows ids as digits; TOML owners write them quoted or bare."""
    if isinstance(value, str) and value.strip().isdigit():
        return int(value.strip())
    return value


Snowflake = Annotated[
    int,
    BeforeValidator(_snowflake),
    Field(gt=0, lt=2**63, description="a Discord id: digits, bare or in quotes"),
    PlainSerializer(str, return_type=str, when_used="json"),
]


def _maybe_snowflake(value: object) -> object:
    """TOML knows no null, so an empty text stands for none."""
    return None if value == "" else value


MaybeSnowflake = Annotated[
    Snowflake | None,
    BeforeValidator(_maybe_snowflake),
    Field(
        description='a Discord id: digits, bare or in quotes; "" for none',
        json_schema_extra={"default": ""},
    ),
    PlainSerializer(lambda value: str(value or ""), return_type=str, when_used="json"),
]
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$"),
    Field(description="at most 32 of a-z, 0-9, - and _, not starting with - or _"),
]
Language = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$"),
    Field(description='a language code such as "en" or "de"'),
]
Duration = Annotated[
    str,
    StringConstraints(pattern=r"^(-1|0|[1-9][0-9]{0,5}[smh])$"),
    Field(description='a duration such as "30m", "0" or "-1"'),
]
HttpUrl = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s]*$"),
    Field(description='an address such as "http://127.0.0.1:11434"'),
]
HoursWindow = Annotated[
    str,
    StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"),
    Field(description='hours of a day such as "09:00-17:00", "24:00" being its end'),
]
ChannelName = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s!\x22#$%&'()*+,./:;<=>?@\[\]^`{|}~\\]{1,100}$"),
    Field(description='a channel\'s name such as "staff-review", without # and blanks'),
]
Holiday = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?$"),
    Field(description='a date in quotes such as "2026-12-24", or "2026-12-24..2026-12-26"'),
]


def _internal_host(value: object) -> object:
    if isinstance(value, str):
        internal_hosts.parse(value)
    return value


InternalHost = Annotated[
    str,
    AfterValidator(_internal_host),
    Field(description='a host such as "wiki.internal", "wiki.internal:8080" or "10.0.0.5"'),
]


class Policy(BaseModel):
    """Base of every settings table: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
