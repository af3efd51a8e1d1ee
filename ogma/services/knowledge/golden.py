"""Golden questions: what the knowledge base must find, must answer, must hand over (K7)."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ogma.domain.answers import Outcome, Verdict
from ogma.domain.passages import Search
from ogma.errors import NotFound, OgmaError

PASSAGES: Final = 3
"""Where no answer is given, the expected text may stand in one of this many best passages."""

_LISTS: Final = ("contains", "not_contains")
_KEYS: Final = frozenset(("question", "document", "contains", "not_contains", "escalate", "type"))


@dataclass(frozen=True, slots=True)
class Golden:
    """One question and what is expected of it."""

    question: str
    document: str | None = None
    """The document that must be found first."""
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    escalate: bool = False
    """It must be handed to staff."""
    type_id: str | None = None
    """Asked as in a ticket of this type."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question; no faults means that it passed."""

    golden: Golden
    decision: str
    confidence: float
    document: str | None
    """The document found first."""
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.faults


Ask = Callable[[str, str | None], Awaitable[tuple[Verdict, Search]]]


async def run(questions: Iterable[Golden], ask: Ask) -> list[Result]:
    """Ask every question through the whole pipeline and judge what comes."""
    return [judge(golden, *await ask(golden.question, golden.type_id)) for golden in questions]


def judge(golden: Golden, verdict: Verdict, search: Search) -> Result:
    """Compare one outcome with what was expected."""
    first = search.hits[0].passage.document if search.hits else None
    faults = []
    if golden.escalate and verdict.outcome is Outcome.ANSWER:
        faults.append("it was answered and should have been handed to staff")
    if golden.document is not None and first != golden.document:
        faults.append(f"found {first or 'nothing'} first instead of {golden.document}")
    said = _said(verdict, search)
    faults += [f"does not say {text!r}" for text in golden.contains if _fold(text) not in said]
    faults += [f"says {text!r}" for text in golden.not_contains if _fold(text) in said]
    return Result(golden, verdict.outcome.value, verdict.confidence, first, tuple(faults))


def _said(verdict: Verdict, search: Search) -> str:
    """The answer; where there is none, what the best passages would have told."""
    if verdict.text is not None:
        return _fold(verdict.text)
    return _fold("\n".join(hit.passage.text for hit in search.hits[:PASSAGES]))


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


# -- the file --------------------------------------------------------------------------------------


def load(path: Path) -> list[Golden]:
    """The questions of a TOML file (`[[question]]` tables) or a CSV file (one per row).

    Raises NotFound when there is no such file, OgmaError with the place of the first fault.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound(f"There is no file {path} with golden questions.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise OgmaError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    rows = _from_csv(text) if path.suffix.lower() == ".csv" else _from_toml(path, text)
    found = [_golden(path, number, row) for number, row in enumerate(rows, 1)]
    if not found:
        raise OgmaError(f"{path} holds no questions; add a [[question]] table for each.")
    return found


def _from_toml(path: Path, text: str) -> Sequence[Mapping[str, Any]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OgmaError(f"{path} is no valid TOML: {error}.") from error
    rows = data.get("question", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise OgmaError(f"In {path} every question is a table of its own: [[question]].")
    return rows


def _from_csv(text: str) -> Sequence[Mapping[str, Any]]:
    """Columns named like the keys; several texts of one cell are parted by `|`."""
    rows: list[Mapping[str, Any]] = []
    for row in csv.DictReader(text.splitlines()):
        filled: dict[str, Any] = {
            key.strip(): value.strip() for key, value in row.items() if key and value
        }
        for key in _LISTS:
            if key in filled:
                filled[key] = [part.strip() for part in filled[key].split("|")]
        if "escalate" in filled:
            filled["escalate"] = filled["escalate"].lower() in ("true", "yes", "1")
        rows.append(filled)
    return rows


def _golden(path: Path, number: int, row: Mapping[str, Any]) -> Golden:
    place = f"{path}, question {number}"
    if unknown := sorted(row.keys() - _KEYS):
        known = ", ".join(sorted(_KEYS))
        raise OgmaError(f"{place}: there is no key {unknown[0]!r}; the keys are {known}.")
    if not isinstance(row.get("question"), str) or not row["question"].strip():
        raise OgmaError(f"{place}: the key 'question' with a text is missing.")
    wanted = {key: row.get(key, []) for key in _LISTS}
    for key, value in wanted.items():
        wanted[key] = [value] if isinstance(value, str) else value
        if not all(isinstance(text, str) for text in wanted[key]):
            raise OgmaError(f"{place}: {key!r} takes a text or a list of texts.")
    golden = Golden(
        question=row["question"],
        document=row.get("document"),
        contains=tuple(wanted["contains"]),
        not_contains=tuple(wanted["not_contains"]),
        escalate=row.get("escalate") is True,
        type_id=row.get("type"),
    )
    if not (golden.document or golden.contains or golden.not_contains or golden.escalate):
        raise OgmaError(
            f"{place}: nothing is expected; give 'document', 'contains', 'not_contains' or "
            "'escalate'."
        )
    return golden


# -- the last run ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different from the run before: questions by their text."""

    broken: tuple[str, ...]
    repaired: tuple[str, ...]
    passed_before: int


def compare(data: Path, path: Path, results: Sequence[Result]) -> Comparison | None:
    """The difference to the last run of the same file; None when there was none."""
    try:
        before: dict[str, bool] = json.loads(_last_run(data, path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    now = {result.golden.question: result.passed for result in results}
    return Comparison(
        broken=tuple(text for text, passed in now.items() if not passed and before.get(text)),
        repaired=tuple(
            text for text, passed in now.items() if passed and before.get(text) is False
        ),
        passed_before=sum(before.values()),
    )


def remember(data: Path, path: Path, results: Sequence[Result]) -> None:
    """Keep this run as the one to compare the next with."""
    target = _last_run(data, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    outcome = {result.golden.question: result.passed for result in results}
    partial = target.with_suffix(".partial")
    partial.write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")
    partial.replace(target)


def _last_run(data: Path, path: Path) -> Path:
    digest = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()
    return data / "golden" / f"{digest[:16]}.json"
