"""One question through the whole pipeline: search, gate, engine, checks (A1, K6).

Tickets, `ogma kb ask` and tests all come through here, so they get the same answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace

from ogma.answering.engine import Answerer, OnPosition
from ogma.answering.errors import ModelError
from ogma.answering.standalone import Alone, may_stand
from ogma.domain.answers import Verdict
from ogma.domain.limits import Reader
from ogma.domain.passages import Passage, Search
from ogma.services.knowledge.knowledge import KnowledgeService

log = logging.getLogger(__name__)

CANDIDATES = 10
QUERY_MAX = 4_000


async def answer(
    knowledge: KnowledgeService,
    answerer: Answerer,
    question: str,
    *,
    type_id: str | Collection[str] | None = None,
    roles: Collection[int] | None = None,
    facts: Sequence[Passage] = (),
    context: Sequence[str] = (),
    ticket: Hashable = 0,
    on_position: OnPosition | None = None,
) -> tuple[Verdict, Search]:
    """Decide about a question; the search is what the decision rests on.

    A follow-up is searched as it stands alone, in the light of `context`, the ticket so far.
    Questions of different `ticket`s take turns at a busy model; `on_position` hears the place in
    the line. With `type_id`, one or several, sources that are limited to other ticket types are
    left out; with `roles`, those of whoever asks, sources for others. `facts` are passages for
    this answer alone.
    """
    types = (type_id,) if isinstance(type_id, str) else type_id
    alone = await answerer.standalone(question, context, ticket=ticket, on_position=on_position)
    alone, search = await asyncio.to_thread(
        _searched, knowledge, answerer, question, alone, Reader.of(types, roles)
    )
    verdict = await answerer.answer(
        alone.text, search, facts=facts, context=context, ticket=ticket, on_position=on_position
    )
    return replace(verdict, reworded_by=alone.by), search


def _searched(
    knowledge: KnowledgeService,
    answerer: Answerer,
    question: str,
    alone: Alone,
    reader: Reader,
) -> tuple[Alone, Search]:
    """The search of the reworded question, or of the asked one where that is surer by itself."""
    search = knowledge.search(alone.text[:QUERY_MAX], CANDIDATES, reader.types, reader.roles)
    if alone.by is None or not may_stand(question):
        return alone, search
    asked = knowledge.search(question[:QUERY_MAX], CANDIDATES, reader.types, reader.roles)
    surer = answerer.confidence(asked) >= answerer.confidence(search)
    return (Alone(question), asked) if surer else (alone, search)


async def look(answerer: Answerer) -> None:
    """See which of the model's hosts are well, so that questions go to those first."""
    await answerer.look()


async def warm_up(answerer: Answerer) -> None:
    """Load the model before the first customer has to wait for it (P25); failing is no fault."""
    try:
        await answerer.warm_up()
    except ModelError as error:
        log.warning("the model could not be loaded yet: %s", error)
