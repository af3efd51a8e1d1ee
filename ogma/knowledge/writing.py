"""A document as Markdown again, so that reading it gives the same passages (K1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ogma.domain.passages import Passage
from ogma.knowledge.chunks import PATH_SEPARATOR

_DEEPEST: Final = 6
_UNSAFE: Final = re.compile(r'[\x00-\x1f<>:"\\|?*]+')
_LONGEST_NAME: Final = 150


def as_markdown(title: str, passages: Iterable[Passage]) -> str:
    """The title, and each passage below its headings; a heading that goes on is named once."""
    parts = [f"# {title}"]
    above: list[str] = []
    for passage in passages:
        path = passage.heading.split(PATH_SEPARATOR) if passage.heading else []
        shared = 0
        while shared < min(len(path), len(above)) and path[shared] == above[shared]:
            shared += 1
        if len(path) < len(above) and shared == len(path):
            shared = max(0, len(path) - 1)  # back to a heading from below it: name it anew
        for depth, heading in enumerate(path[shared:], shared):
            parts.append(f"{'#' * min(_DEEPEST, depth + 2)} {heading}")
        above = path
        parts.append(passage.text)
    return "\n\n".join(parts) + "\n"


def file_name(document: str, taken: set[str]) -> str:
    """A name below a folder for a document, with the suffix .md; unlike all in `taken`."""
    bare = re.sub(r"^[a-z]+://", "", document)
    parts = [_UNSAFE.sub("-", part)[:_LONGEST_NAME].strip(" .") for part in bare.split("/")]
    name = "/".join(part for part in parts if part) or "document"
    name = name if name.lower().endswith(".md") else f"{name}.md"
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name[:-3]}-{number}.md", number + 1
    return free
