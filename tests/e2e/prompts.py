"""What no prompt may hold: another ticket's words, a note, another type's source, the token.

Every fake Ollama that a town's config names is asked what it was asked, also one that has ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.e2e.processes import Ollama

if TYPE_CHECKING:
    from tests.e2e.town import Town

_TELLING = 15
"""Characters of a message that is no coincidence."""
_QUESTION = re.compile(r"<question>\n(.*)\n</question>", re.DOTALL)
_GIVEN = re.compile(r"<(passage|question)\b.*?</\1>", re.DOTALL)
"""What anybody may have written: a source, and what was typed just now."""


def prompts(town: Town) -> list[str]:
    """Every prompt that a fake Ollama of this town has got."""
    policy = town.options.get("ollama", {})
    urls = dict.fromkeys([policy.get("url", ""), *policy.get("hosts", ())])
    return [
        "\n".join(one["content"] for one in asked["messages"])
        for url in urls
        for asked in Ollama.prompts_at(url)
    ]


def leaks(town: Town, asked: list[str]) -> Iterator[str]:
    """One sentence for each thing that stands in a prompt and must not."""
    if not asked:
        return
    token, guild = town.server.ready["token"], town.server.ready["guild"]
    said, notes, askers = _said(town), _notes(town), _askers(town)
    for prompt in asked:
        if token in prompt or guild in prompt or str(town.config) in prompt:
            yield "the token or the config stands in a prompt"
        tickets = {number for number, _, text in said if text in prompt}
        if len(tickets) > 1:
            yield f"words of tickets {sorted(tickets)} stand in one prompt"
        yield from _strangers(said, askers, prompt)
        for number, side, text in said:
            if side in ("staff", "other") and f"{side}: {text}" in prompt:
                yield f"words of {side} of ticket {number} stand in a prompt: {text[:40]}"
        for note in notes:
            if note in prompt:
                yield f"a note stands in a prompt: {note[:40]}"
        yield from _restricted(town, tickets, prompt)


def _said(town: Town) -> list[tuple[int, str, str]]:
    """(ticket, side, text) of every telling message, also as it stood before an edit.

    What stands in another ticket too, be it as a part, tells nothing.
    """
    rows = town.sql(
        "SELECT ticket_id, side, content FROM message WHERE side <> 'ogma'"
        " UNION SELECT m.ticket_id, m.side, v.content"
        " FROM message_version v JOIN message m ON m.id = v.message_id WHERE m.side <> 'ogma'"
    )
    texts = [(row["ticket_id"], row["side"], row["content"]) for row in rows]
    return [
        (number, side, text)
        for number, side, text in texts
        if len(text) >= _TELLING
        and not any(text in other for where, _, other in texts if where != number)
    ]


def _notes(town: Town) -> list[str]:
    rows = town.sql(
        "SELECT detail FROM event WHERE kind = 'note' AND length(detail) >= ?", _TELLING
    )
    return [row["detail"] for row in rows]


def _askers(town: Town) -> dict[str, set[int | None]]:
    """By question, as asked and as worded, the tickets that it was asked in; None is /ask."""
    found: dict[str, set[int | None]] = {}
    for row in town.sql("SELECT ticket_id, question, record ->> 'question' AS worded FROM answer"):
        for text in (row["question"], row["worded"]):
            found.setdefault((text or "").strip(), set()).add(row["ticket_id"])
    return found


def _strangers(
    said: list[tuple[int, str, str]], askers: dict[str, set[int | None]], prompt: str
) -> Iterator[str]:
    """Words of a ticket beside a question that only others have asked."""
    question = _QUESTION.search(prompt)
    asked_in = askers.get(question[1]) if question else None
    beside = _GIVEN.sub("", prompt)
    for number, _, text in said:
        if asked_in is not None and number not in asked_in and text in beside:
            yield f"words of ticket {number} stand in a prompt of {asked_in}: {text[:40]}"


def _restricted(town: Town, tickets: set[int], prompt: str) -> Iterator[str]:
    """Passages that only other ticket types may be answered from."""
    for number in tickets:
        kind = town.ticket(number)["type_id"]
        rows = town.sql(
            "SELECT c.text, d.name FROM chunk c JOIN document d ON d.id = c.document_id"
            " WHERE EXISTS (SELECT 1 FROM document_type t WHERE t.document_id = d.id)"
            " AND NOT EXISTS (SELECT 1 FROM document_type t"
            " WHERE t.document_id = d.id AND t.type_id = ?)",
            kind,
        )
        for row in rows:
            if row["text"] in prompt:
                yield f"{row['name']} is not for type {kind}, and stands in a prompt"
