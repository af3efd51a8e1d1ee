"""What no prompt may hold: another ticket's words, a note, another type's source, the token.

A fake Ollama keeps what it was asked when it ends; the checks after each test read it here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.town import Town

KEPT = "prompts.json"
_TELLING = 15
"""Characters of a message that is no coincidence."""


def prompts(town: Town) -> list[str]:
    """Every prompt that a fake Ollama of this test has got."""
    found: list[str] = []
    for path in sorted(town.folder.parent.glob(f"*/{KEPT}")):
        for asked in json.loads(path.read_text(encoding="utf-8")):
            found.append("\n".join(one["content"] for one in asked["messages"]))
    return found


def leaks(town: Town, asked: list[str]) -> Iterator[str]:
    """One sentence for each thing that stands in a prompt and must not."""
    if not asked:
        return
    token, guild = town.server.ready["token"], town.server.ready["guild"]
    said = _said(town)
    for prompt in asked:
        if token in prompt or guild in prompt or str(town.config) in prompt:
            yield "the token or the config stands in a prompt"
        tickets = {number for number, _, text in said if text in prompt}
        if len(tickets) > 1:
            yield f"words of tickets {sorted(tickets)} stand in one prompt"
        for number, side, text in said:
            if side in ("staff", "other") and f"{side}: {text}" in prompt:
                yield f"words of {side} of ticket {number} stand in a prompt: {text[:40]}"
        yield from _restricted(town, tickets, prompt)


def _said(town: Town) -> list[tuple[int, str, str]]:
    """(ticket, side, text) of every telling message that stands in one ticket only."""
    rows = town.sql(
        "SELECT min(ticket_id) AS number, side, content FROM message"
        " WHERE length(content) >= ? AND side <> 'ogma'"
        " GROUP BY content HAVING count(DISTINCT ticket_id) = 1",
        _TELLING,
    )
    return [(row["number"], row["side"], row["content"]) for row in rows]


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
