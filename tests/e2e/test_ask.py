"""/ask over the wire: a private answer, in any channel (A9)."""

from __future__ import annotations

from tests.e2e.conftest import BuildTown
from tests.e2e.town import ANSWER, QUESTION, UNANSWERABLE

INTERNAL = "The vault combination for password resets is kept by Mallory only."


def test_ask_answers_privately_and_within_limits(build_town: BuildTown) -> None:
    """A9, A2, K8: only the asker sees it; staff's sources stay theirs; the allowance ends."""
    town = build_town(
        limits={"questions_per_user": 3}, more_types=[{"id": "team", "open_roles": ["1"]}]
    )
    page = town.folder / "vault.md"
    page.write_text(f"# Vault combination\n\n{INTERNAL}\n", encoding="utf-8")
    done = town.ogma("kb", "ingest", "--only-type", "team", str(page))
    assert done.returncode == 0, done.stderr
    town.run_bot()
    before = len(town.messages("general"))
    told = town.command("stan", "general", "ask", question=QUESTION)
    assert told.ephemeral and ANSWER in told.text
    told = town.command("stan", "general", "ask", question="Who keeps the vault combination?")
    assert "Mallory" not in told.text and "no answer" in told.text
    told = town.command("stan", "general", "ask", question=UNANSWERABLE)
    assert "no answer" in told.text and "<#" in told.text
    told = town.command("stan", "general", "ask", question=QUESTION)
    assert ANSWER not in told.text and "<t:" in told.text
    assert len(town.messages("general")) == before
    rows = town.sql("SELECT outcome, asker_id, ticket_id FROM answer ORDER BY id")
    assert [row["outcome"] for row in rows] == ["answer", "escalate", "escalate"]
    assert all(row["asker_id"] and row["ticket_id"] is None for row in rows)
    assert not town.review_items()
