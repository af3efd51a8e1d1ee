"""Business hours over the wire: closed now, open again in two hours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.conftest import BuildTown
from tests.e2e.town import ANSWER, QUESTION, Town, embeds_text

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIMESTAMP = re.compile(r"<t:(\d+):F>")


def closed_for_two_hours(**more: Any) -> dict[str, Any]:
    """[hours] with a window of half an hour a day that begins about two hours from now."""
    start = datetime.now(UTC) + timedelta(hours=2)
    minute = start.hour * 60 + start.minute
    end = min(minute + 30, 24 * 60)
    window = f"{start:%H:%M}-{end // 60:02}:{end % 60:02}"
    return {"enabled": True, "week": {day: [window] for day in DAYS}, **more}


def opens_at(text: str) -> float:
    """The next opening in a text, in seconds from now."""
    [stamp] = TIMESTAMP.findall(text)
    return int(stamp) - datetime.now(UTC).timestamp()


def away_messages(town: Town, channel: str) -> list[str]:
    said = [one["content"] for one in town.by_bot(channel)]
    return [text for text in said if "The team is not here" in text]


def test_h2_away_message_and_a_paused_ai(build_town: BuildTown) -> None:
    """H2, O8: told once when staff are back; the newest question is answered then, once."""
    hours = closed_for_two_hours(ai_outside=False, expected_response="by tonight")
    town = build_town(hours=hours)
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    town.until_idle()
    greeting = embeds_text(town.by_bot(channel)[0])
    assert "When the team is here: Again from <t:" in greeting
    assert "I will look for an answer" not in greeting

    town.say("alice", channel, "How do I turn on two-factor sign-in?")
    [away] = town.wait_until(lambda: away_messages(town, channel), "the away message is there")
    assert "Expected response: by tonight." in away
    assert 6900 < opens_at(away) < 7300
    town.advance(3600)
    town.say("alice", channel, QUESTION)
    town.wait_until(
        lambda: town.count("FROM message WHERE ai = 'silent:outside_hours'") == 2,
        "both questions are left for the opening",
    )
    town.until_idle()
    assert len(away_messages(town, channel)) == 1

    town.advance(3600 + 60)
    [answer] = town.until_answered(channel)
    assert ANSWER in answer["content"]
    town.until_idle()
    assert len(town.answers(channel)) == 1
    assert not town.ticket()["escalated_at"]
    assert not town.review_items()


def test_h2_by_night_the_ai_answers_and_a_hand_over_says_when(build_town: BuildTown) -> None:
    """H2, E2: by default the AI goes on; who asks for a person reads when there is one."""
    town = build_town(hours=closed_for_two_hours(expected_response="by tonight"))
    town.run_bot()
    channel = town.open_ticket("alice")
    town.until_answered(channel)
    assert len(away_messages(town, channel)) == 1
    town.click("alice", "ogma:human:*")
    [told] = town.wait_until(
        lambda: [
            one["content"] for one in town.by_bot(channel) if "has been told" in one["content"]
        ],
        "the hand-over is announced",
    )
    assert "Expected response: by tonight." in told
    assert 6900 < opens_at(told) < 7300


def test_o3_no_ticket_outside_hours_where_the_owner_wants_none(build_town: BuildTown) -> None:
    """O3, H2: refused with the next opening; possible then."""
    town = build_town(hours=closed_for_two_hours(opening_outside=False))
    town.run_bot()
    told = town.click("alice", "ogma:open:quick")
    assert told.ephemeral
    assert "because the team is not here" in told.text
    assert 6900 < opens_at(told.text) < 7300
    assert town.count("FROM ticket") == 0
    town.advance(2 * 3600 + 60)
    assert town.open_ticket("alice", "quick")
