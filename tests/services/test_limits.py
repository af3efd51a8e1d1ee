"""K8: sources for some ticket types and some roles, and for nobody else."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ogma.answering.engine import Answerer
from ogma.bot.replies import Replies
from ogma.domain.assignment import Teammate
from ogma.domain.limits import Limits
from ogma.errors import NotFound
from ogma.services.answers import answer
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.pasted import paste
from ogma.services.replies import as_record
from ogma.settings import default_settings
from ogma.store.opening import open_database
from tests.knowledge.fakes import ReadingHere, WordEmbedder

VIP, OTHER = 77, 78
SECRET = "The vault code is violet seven."
QUESTION = "What is the vault code?"
ONLY_VIP = Limits(roles=frozenset({VIP}))


@pytest.fixture(params=["words", "hybrid"])
def knowledge(tmp_path: Path, request: pytest.FixtureRequest) -> KnowledgeService:
    embedder = WordEmbedder() if request.param == "hybrid" else None
    return KnowledgeService(open_database(tmp_path), tmp_path, embedder, reading=ReadingHere)


def found(knowledge: KnowledgeService, query: str = QUESTION, **reader: Any) -> list[str]:
    return [hit.passage.document for hit in knowledge.search(query, 5, **reader).hits]


def test_k8_a_source_for_a_role_is_found_by_nobody_else(knowledge: KnowledgeService) -> None:
    paste(knowledge, "Vault", SECRET, 1, ONLY_VIP)
    paste(knowledge, "Codes", "A code is a word.", 1)
    assert found(knowledge, roles={VIP, OTHER})[0] == "Vault"
    assert found(knowledge, roles={OTHER}) == found(knowledge, roles=()) == ["Codes"]
    assert found(knowledge)[0] == "Vault", "the owner sees everything"
    assert knowledge.knows_roles


def test_k8_types_and_roles_both_have_to_fit(knowledge: KnowledgeService) -> None:
    paste(knowledge, "Vault", SECRET, 1, Limits(frozenset({"safe"}), frozenset({VIP})))
    assert found(knowledge, type_id="safe", roles={VIP}) == ["Vault"]
    assert found(knowledge, type_id="safe", roles={OTHER}) == []
    assert found(knowledge, type_id="other", roles={VIP}) == []
    assert found(knowledge, type_id=["other", "safe"], roles={VIP}) == ["Vault"]


def test_k8_what_is_for_others_takes_no_place_among_the_candidates(
    knowledge: KnowledgeService,
) -> None:
    """A hundred better passages for others leave the one for everybody to be found."""
    for number in range(2):
        lines = [f"# Part {line}\n\nThe vault code of day {line}." for line in range(80)]
        paste(knowledge, f"Days {number}", "\n\n".join(lines), 1, ONLY_VIP)
    paste(knowledge, "For all", "Nobody is told any code by us over the counter.", 1)
    assert found(knowledge, roles=()) == ["For all"]
    assert "For all" not in found(knowledge, roles={VIP})


def test_k8_limits_are_changed_and_survive_a_new_version(knowledge: KnowledgeService) -> None:
    paste(knowledge, "Vault", SECRET, 1)
    assert found(knowledge, roles=()) == ["Vault"]
    assert knowledge.limit(["Vau*"], ONLY_VIP) == ["Vault"]
    assert found(knowledge, roles=()) == []
    paste(knowledge, "Vault", SECRET + " Since May.", 2)
    ((document, _),) = knowledge.documents()
    assert document.roles == {VIP} and not document.types
    knowledge.limit(["Vault"], Limits(types=frozenset({"safe"})))
    assert found(knowledge, type_id="safe", roles=()) == [], "the roles stay"
    knowledge.limit(["Vault"], Limits(frozenset(), frozenset()))
    assert found(knowledge, type_id="other", roles=()) == ["Vault"]
    assert not knowledge.knows_roles
    with pytest.raises(NotFound):
        knowledge.limit(["nope"], ONLY_VIP)


def test_k8_files_are_limited_when_they_are_taken_in(
    knowledge: KnowledgeService, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "vault.md").write_text(f"# Vault\n\n{SECRET}\n")
    knowledge.ingest([str(docs)], 1)
    assert found(knowledge, roles=()) == ["vault.md"]
    knowledge.ingest([str(docs)], 2, limits=ONLY_VIP)
    assert found(knowledge, roles=()) == [] and found(knowledge, roles={VIP}) == ["vault.md"]


def test_k8_nothing_of_it_stands_in_answer_or_record(knowledge: KnowledgeService) -> None:
    """Candidates, citations and the record that `tickets why` shows hold no word of it."""
    paste(knowledge, "Vault", SECRET, 1, ONLY_VIP)
    paste(knowledge, "Codes", "A code of the vault is never told by phone.", 1)
    policy = default_settings().ai.model_copy(update={"engine": "extractive"})
    answerer = Answerer(policy, default_settings().ollama, embed=knowledge.embed)

    def told(roles: set[int]) -> str:
        verdict, search = asyncio.run(answer(knowledge, answerer, QUESTION, roles=roles))
        texts = [hit.passage.text for hit in search.hits]
        return json.dumps([as_record(verdict, search), asdict(verdict), texts], default=str)

    assert "violet" in told({VIP})
    assert "violet" not in told({OTHER}) and "Vault" not in told(set())


def test_k8_a_ticket_asks_with_the_customers_roles_of_that_moment(
    knowledge: KnowledgeService,
) -> None:
    asked: list[int] = []
    members = {1: Teammate(1, "vera", frozenset({VIP}))}

    async def look_up(member: int) -> Teammate | None:
        asked.append(member)
        if member == 3:
            raise TimeoutError
        return members.get(member)

    async def sent(channel: int) -> None:
        """Typing is not shown here."""

    app: Any = SimpleNamespace(knowledge=knowledge)
    replies = Replies(app, lambda: None, sent, look_up)

    def roles(member: int) -> frozenset[int]:
        return asyncio.run(replies._roles(member))

    assert roles(1) == frozenset() and asked == [], "no source is limited: nobody is asked"
    paste(knowledge, "Vault", SECRET, 1, ONLY_VIP)
    assert [roles(1), roles(2), roles(3)] == [{VIP}, frozenset(), frozenset()]
