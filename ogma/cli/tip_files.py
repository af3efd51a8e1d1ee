"""Tips as files: JSON (a list, or an object with "tips") and JSONL."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from ogma.domain.tips import Lesson
from ogma.errors import OgmaError

Entry = tuple[str, Lesson | str]
"""Where it stands in the file, and the tip or what is wrong with it."""


class Form(StrEnum):
    """How tips are written to a file."""

    JSON = "json"
    JSONL = "jsonl"


def read(path: str) -> list[Entry]:
    """The tips of a file, or of standard input for '-'. Raises OgmaError for no file of tips."""
    text = _text(path)
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        whole = json.loads(text) if lines else []
    except ValueError as wrong:
        if len(lines) < 2 or not lines[0].lstrip().startswith("{"):
            raise OgmaError(f"{_name(path)} is no JSON: {wrong}.") from wrong
        return list(_lines(text))
    if isinstance(whole, dict):
        whole = whole.get("tips", [whole])
    if not isinstance(whole, list):
        raise OgmaError(f"{_name(path)} holds no list of tips; it begins with {text[:20]!r}.")
    return [(f"tip {number}", _lesson(one)) for number, one in enumerate(whole, 1)]


def _name(path: str) -> str:
    return "Standard input" if path == "-" else path


def _text(path: str) -> str:
    try:
        raw = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8-sig")
    except OSError as failed:
        raise OgmaError(f"Cannot read {path}: {failed.strerror}.") from failed
    except UnicodeDecodeError as failed:
        raise OgmaError(f"Cannot read {path}: it is not UTF-8 text.") from failed
    return raw


def _lines(text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield f"line {number}", _line(line)


def _line(line: str) -> Lesson | str:
    try:
        return _lesson(json.loads(line))
    except ValueError as wrong:
        return f"it is no JSON ({wrong})."


def _lesson(found: object) -> Lesson | str:
    if not isinstance(found, dict):
        return 'it is no object with a "text".'
    for name in ("text", "title", "question"):
        value = found.get(name, "")
        if not isinstance(value, str) and value is not None:
            return f'its "{name}" is not a text.'
    return Lesson(found.get("title") or "", found.get("text") or "", found.get("question") or "")


def written(tips: Sequence[Mapping[str, Any]], form: Form) -> str:
    """The tips as the text of a file."""
    if form is Form.JSONL:
        return "".join(json.dumps(tip, ensure_ascii=False) + "\n" for tip in tips)
    return json.dumps({"tips": list(tips)}, ensure_ascii=False, indent=2) + "\n"


def save(path: Path, text: str) -> None:
    """Write the file. Raises OgmaError where that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as failed:
        raise OgmaError(f"Cannot write {path}: {failed.strerror}.") from failed
