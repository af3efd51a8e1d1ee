"""No prompt holds what it must not: canaries all around a question (A8, K8, P23)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import BuildTown
from tests.e2e.processes import Ollama
from tests.e2e.prompts import leaks, prompts
from tests.e2e.town import QUESTION

VAULT = "Passwords of the vault are reset by Mallory with the phrase xylophone-canary."
SECOND = "How do I turn on two-factor sign-in?"
TOLD = "My customer number is zebra-canary-4711, by the way."
REPLIED = "Between us: this one is a known troublemaker, walrus-canary."
NOTED = "The last refund went to another card, narwhal-canary."


@pytest.fixture
def ollama(tmp_path: Path) -> Iterator[Ollama]:
    running = Ollama(tmp_path / "ollama")
    yield running
    running.kill()


def test_a_prompt_holds_its_own_ticket_and_open_sources_only(
    build_town: BuildTown, ollama: Ollama
) -> None:
    """Other tickets, staff's words and other types' sources stay out; a leak would be seen."""
    town = build_town(
        ai={"engine": "ollama", "staff_cooldown_minutes": 0},
        ollama={"url": ollama.url},
        more_types=[
            {"id": "quick", "label": "Quick question", "intake": "none"},
            {"id": "team", "label": "Team"},
        ],
    )
    page = town.folder / "vault.md"
    page.write_text(f"# Resetting a password\n\n{VAULT}\n", encoding="utf-8")
    assert town.ogma("kb", "ingest", "--only-type", "team", str(page)).returncode == 0
    town.run_bot()
    theirs = town.open_ticket("bob", "quick")
    town.say("bob", theirs, TOLD)
    town.wait_until(lambda: town.count("FROM message WHERE content = ?", TOLD), "it is known")
    ours = town.open_ticket("alice", "quick")
    town.say("sam", ours, REPLIED)
    town.wait_until(lambda: town.ticket(2)["last_staff_at"], "it is known")
    town.command("sam", ours, "note", text=NOTED)
    town.say("alice", ours, QUESTION)
    town.until_answered(ours)
    asked = ["\n".join(m["content"] for m in one["body"]["messages"]) for one in ollama.asked()]
    assert any(QUESTION in prompt for prompt in asked)
    town.command("carol", "general", "ask", question=SECOND)
    asked.append("\n".join(m["content"] for m in ollama.asked()[-1]["body"]["messages"]))
    assert SECOND in asked[-1]
    assert prompts(town) == asked
    assert list(leaks(town, asked)) == []
    for canary in (TOLD, VAULT, f"staff: {REPLIED}", NOTED, town.server.ready["token"]):
        assert list(leaks(town, [f"{asked[0]}\n{canary}"])), canary
    assert list(leaks(town, [f"{asked[-1]}\n{TOLD}"])), "a ticket's words in an answer to /ask"
