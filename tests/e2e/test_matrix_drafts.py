"""The permission matrix of drafts over the wire: Send, Edit and Wrong in each situation (A7)."""

from __future__ import annotations

from typing import Any

import pytest

from ogma.bot.custom_ids import Action as Button
from ogma.domain.access import Action
from tests.e2e.conftest import BuildTown
from tests.e2e.test_matrix import WHO, Play, people
from tests.e2e.test_shadow import SECOND, SHADOW, drafts, until_drafted
from tests.e2e.town import ANSWER, QUESTION, embeds_text

DRAFTED: dict[Button, Action | str] = {
    Button.SEND_DRAFT: Action.SEND_DRAFT,
    Button.EDIT_DRAFT: Action.SEND_DRAFT,
    Button.WRONG_DRAFT: Action.JUDGE_DRAFT,
}


def test_every_button_of_a_draft_stands_in_the_table() -> None:
    """A button that is added to drafts has to be added here; the form is only shown to those who
    may press Edit."""
    named = {one for one in Button if "draft" in one} - {Button.EDIT_DRAFT_FORM}
    assert set(DRAFTED) == named


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.full)])
def test_the_matrix_of_drafts(build_town: BuildTown, whole: bool) -> None:
    """A7, Q4: actors by buttons, while the ticket is open and when it is closed."""
    town = build_town(**SHADOW)
    town.run_bot()
    play = Play(town, whole, ids=people(town), rules=DRAFTED)
    play.channel = town.open_ticket("alice", "quick")
    town.until_idle()
    assert play.command("management", "add", {"member": "{carol}"})

    def asked(question: str, times: int) -> str:
        """The newest draft's message."""
        town.say("alice", play.channel, question)
        item: dict[str, Any] = until_drafted(town, times)
        town.until_idle()
        return str(item["id"])

    item = asked(QUESTION, 1)
    play.refuse(*DRAFTED, message=item)
    assert play.press("staff", Button.EDIT_DRAFT, item) and play.said == "a form"
    assert play.press("staff", Button.SEND_DRAFT, item)
    town.until_answered(play.channel)
    town.until_idle()

    item = asked(SECOND, 2)
    play.refuse(*DRAFTED, message=item)
    assert play.press("management", Button.WRONG_DRAFT, item)
    town.until_idle()

    item = asked(QUESTION, 3)
    assert play.command("management", "close", {"reason": "other"})
    town.until_closed()
    # The sweep notices it by itself; in the middle of a press it would look like the press's doing.
    town.wait_until(lambda: town.count("FROM draft WHERE state = 'outdated'"), "it is overtaken")
    play.situation = "closed"
    play.refuse(*DRAFTED, message=item)
    wrong = play.press("staff", Button.WRONG_DRAFT, item)
    assert wrong, play.cell("wrong", "staff")
    town.until_idle()
    states = [row["state"] for row in town.sql("SELECT state FROM draft ORDER BY id")]
    assert states == ["sent", "wrong", "wrong"]
    assert set(DRAFTED) <= play.tried <= {*DRAFTED, *WHO, "add", "close"}


def test_q4_nothing_of_a_draft_in_lockdown(build_town: BuildTown) -> None:
    """Q4, A7: its item shows nothing, and nobody at all can press its buttons."""
    town = build_town(**SHADOW)
    town.run_bot()
    play = Play(town, whole=True, ids=people(town), rules=DRAFTED)
    play.channel = town.open_ticket("alice")
    item = until_drafted(town)
    assert ANSWER in embeds_text(item)
    assert play.command("management", "lockdown", {})
    town.wait_until(lambda: town.count("FROM draft WHERE state = 'outdated'"), "it is overtaken")
    town.until_idle()
    [hidden] = drafts(town)
    assert ANSWER not in embeds_text(hidden) and QUESTION not in embeds_text(hidden)
    before = play.facts()
    for button in DRAFTED:
        for who in WHO:
            assert not play.press(who, button, hidden["id"]), play.cell(button, who)
    assert play.facts() == before
