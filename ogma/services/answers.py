"""One question through the whole pipeline: search, gate, engine, checks (A1, K6).

Tickets, `ogma kb ask` and tests all come through here, so they get the same answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ogma.answering.engine import Answerer
from ogma.domain.answers import Verdict
from ogma.domain.passages import Search
from ogma.services.knowledge import KnowledgeService

CANDIDATES = 10
QUERY_MAX = 4_000


async def answer(
    knowledge: KnowledgeService,
    answerer: Answerer,
    question: str,
    *,
    type_id: str | None = None,
    context: Sequence[str] = (),
) -> tuple[Verdict, Search]:
    """Decide about a question; the search is what the decision rests on."""
    search = await asyncio.to_thread(
        knowledge.search, question[:QUERY_MAX], CANDIDATES, type_id=type_id
    )
    verdict = await answerer.answer(question, search, context=context)
    return verdict, search
