"""One question through the whole pipeline: search, gate, engine, checks (A1, K6).

Tickets, `ogma kb ask` and tests all come through here, so they get the same answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Hashable, Sequence

from ogma.answering.engine import Answerer
from ogma.answering.errors import ModelError
from ogma.domain.answers import Verdict
from ogma.domain.passages import Search
from ogma.services.knowledge import KnowledgeService

log = logging.getLogger(__name__)

CANDIDATES = 10
QUERY_MAX = 4_000


async def answer(
    knowledge: KnowledgeService,
    answerer: Answerer,
    question: str,
    *,
    type_id: str | Collection[str] | None = None,
    context: Sequence[str] = (),
    ticket: Hashable = 0,
) -> tuple[Verdict, Search]:
    """Decide about a question; the search is what the decision rests on.

    Questions of different `ticket`s take turns at a busy model. With `type_id`, one or several,
    sources that are limited to other ticket types are left out.
    """
    search = await asyncio.to_thread(
        knowledge.search, question[:QUERY_MAX], CANDIDATES, type_id=type_id
    )
    verdict = await answerer.answer(question, search, context=context, ticket=ticket)
    return verdict, search


async def warm_up(answerer: Answerer) -> None:
    """Load the model before the first customer has to wait for it (P25); failing is no fault."""
    try:
        await answerer.warm_up()
    except ModelError as error:
        log.warning("the model could not be loaded yet: %s", error)
