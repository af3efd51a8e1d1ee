"""Passages and searches as the knowledge base would give them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from ogma.domain.passages import Hit, Passage, Search
from ogma.sandbox.fake_ollama import FakeOllama, running

MakeHit = Callable[..., Hit]
MakeSearch = Callable[..., Search]


@pytest.fixture
def make_hit() -> MakeHit:
    def make(
        text: str,
        *,
        title: str = "Billing",
        heading: str = "",
        document: str = "billing.md",
        url: str | None = None,
        chunk_id: int = 1,
        score: float = 0.7,
        cosine: float | None = 0.7,
        bm25: float = 0.7,
    ) -> Hit:
        passage = Passage(chunk_id, document, title, heading, url, text)
        return Hit(passage, score, cosine, bm25)

    return make


@pytest.fixture
def make_search() -> MakeSearch:
    def make(query: str, *hits: Hit, mode: str = "hybrid") -> Search:
        return Search(query, mode, hits, 1)

    return make


@pytest.fixture
async def fake_ollama() -> AsyncIterator[FakeOllama]:
    async with running() as fake:
        yield fake
