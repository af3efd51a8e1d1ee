"""What staff hang on a ticket: tags and a priority (Q3)."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from ogma.errors import UsageError

TAG_MAX: Final = 32
TAGS_MAX: Final = 20
"""Tags of one ticket."""

_TAG: Final = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")


class Priority(StrEnum):
    """How urgent a ticket is, the least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


def tag_name(text: str) -> str:
    """The tag that somebody means: lower case, with hyphens for blanks. Raises UsageError."""
    name = "-".join(unicodedata.normalize("NFKC", text).lower().split())
    if len(name) > TAG_MAX or not _TAG.fullmatch(name):
        raise UsageError(
            f"'{text.strip()}' cannot be a tag; a tag has 1 to {TAG_MAX} letters or digits, "
            "with -, _ or . only between them."
        )
    return name
