"""Staff's verdicts on drafts as golden questions: `kb test` keeps what they said (A7, K7)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ogma.domain.clock import Millis
from ogma.domain.facts import is_fact
from ogma.domain.redaction import redact
from ogma.domain.shadow import Draft, DraftState
from ogma.errors import OgmaError
from ogma.services import drafts
from ogma.services.desk import Desk
from ogma.services.knowledge import golden
from ogma.services.knowledge.golden import Golden
from ogma.store import drafts as store


def from_verdicts(desk: Desk, since: Millis = 0) -> list[Golden]:
    """What each verdict since then expects, oldest first; names and the like are masked.

    A draft that was sent expects its first source to be found first again; one that was wrong
    expects the question to be handed over.
    """
    found = (_expected(desk, draft) for draft in store.judged(desk.db, since))
    return [one for one in found if one is not None]


def _expected(desk: Desk, draft: Draft) -> Golden | None:
    """None for an answer from a tool's facts, of which the knowledge base has none."""
    shown = drafts.item(desk, draft.id)
    question = redact(" ".join(shown.question.split())).text
    if draft.state is DraftState.WRONG or not shown.citations:
        return Golden(question, escalate=True, type_id=draft.type_id)
    if is_fact(shown.citations[0].document):
        return None
    return Golden(question, document=shown.citations[0].document, type_id=draft.type_id)


def append(path: Path, questions: Iterable[Golden]) -> list[Golden]:
    """Add the questions that a TOML file does not hold yet, making it if need be; gives those.

    What stands in the file stays as it is. Raises OgmaError for a file that is not valid.
    """
    if path.suffix.lower() != ".toml":
        raise OgmaError(f"{path} must end in .toml; `ogma kb test` reads it then.")
    known = {one.question for one in golden.load(path)} if path.exists() else set()
    fresh = {one.question: one for one in questions if one.question not in known}
    if not fresh:
        return []
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    text = before.rstrip("\n") + "\n\n" if before.strip() else ""
    text += "\n".join(_table(one) for one in fresh.values())
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise OgmaError(f"{path} cannot be written: {error.strerror}.") from error
    return list(fresh.values())


def _table(one: Golden) -> str:
    lines = ["[[question]]", f"question = {_string(one.question)}"]
    if one.document is not None:
        lines.append(f"document = {_string(one.document)}")
    if one.escalate:
        lines.append("escalate = true")
    if one.type_id is not None:
        lines.append(f"type = {_string(one.type_id)}")
    return "\n".join(lines) + "\n"


def _string(text: str) -> str:
    """A TOML basic string: JSON's, but for the one control character that JSON lets stand."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
