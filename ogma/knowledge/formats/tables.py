"""CSV and JSON to Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ogma.knowledge.content import Content, Unreadable, records

_DELIMITERS: Final = ",;\t|"
_STATED: Final = re.compile(r"\Asep=(.)\n")
"""How Excel states the separator in the first line."""
_SAMPLE: Final = 20_000
_DEEPEST_HEADING: Final = 6
MOST_ROWS: Final = 200_000


def read_csv(text: str) -> Content:
    """Separated values; the separator is told from the first lines."""
    if csv.field_size_limit() < len(text):  # the whole process has one limit: it only grows
        csv.field_size_limit(len(text))
    stated = _STATED.match(text)
    try:
        separator = stated.group(1) if stated else _separator(text[:_SAMPLE])
        rows = list(_parsed_rows(text[stated.end() :] if stated else text, separator))
    except csv.Error as error:
        raise Unreadable(f"it is no sound CSV ({error})") from error
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"it has {len(rows)} rows and the limit is {MOST_ROWS}")
    return Content(records(rows), markdown=True)


def _parsed_rows(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)


def _separator(sample: str) -> str:
    """The one by which most rows get the same number of values, more than one."""

    def fit(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in _parsed_rows(sample, separator) if row]
        counts = Counter(width for width in widths if width > 1)
        width, count = max(counts.items(), key=lambda item: item[::-1], default=(0, 0))
        others = len(widths) - widths.index(width) - count if count else 0
        return count - others, width

    return max(_DELIMITERS, key=fit)


def read_json(text: str) -> Content | None:
    """JSON or JSON lines; None if it is neither."""
    value = _parsed(text)
    if not isinstance(value, dict | list):
        return None
    title = value.get("title") if isinstance(value, dict) else None
    lines = "\n\n".join(_rendered(value, 1)) or "(empty)"
    return Content(lines, markdown=True, title=title if isinstance(title, str) else None)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Unreadable("its values are nested too deeply") from error
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _rendered(value: Any, level: int) -> Iterator[str]:
    """Nested values as sections, lists of like objects as records."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        if all(_is_flat(item) for item in value):
            yield records(_rows(value))
            return
        for item in value:
            yield from _rendered(item, level)
    elif isinstance(value, list):
        scalars = [_scalar(item) for item in value if not isinstance(item, dict | list)]
        if scalars:
            yield "\n".join(f"- {item}" for item in scalars)
        for item in value:
            if isinstance(item, dict | list):
                yield from _rendered(item, level)
    else:
        yield from _rendered_object(value, level)


def _rendered_object(value: dict[str, Any], level: int) -> Iterator[str]:
    flat = [(key, item) for key, item in value.items() if not isinstance(item, dict | list)]
    if flat:
        yield "\n\n".join(f"{key}: {_scalar(item)}" for key, item in flat)
    for key, item in value.items():
        if isinstance(item, dict | list) and item:
            mark = "#" * min(level, _DEEPEST_HEADING)
            yield f"{mark} {' '.join(key.split())}"
            yield from _rendered(item, level + 1)


def _is_flat(item: dict[str, Any]) -> bool:
    return not any(isinstance(value, dict | list) for value in item.values())


def _rows(items: list[dict[str, Any]]) -> Iterator[Sequence[str]]:
    columns = list(dict.fromkeys(key for item in items for key in item))
    yield columns
    for item in items:
        yield [_scalar(item.get(column)) for column in columns]


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    return str(value) if not isinstance(value, bool) else str(value).lower()
