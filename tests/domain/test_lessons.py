"""What of the team's words may help somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.lessons import LESSON_MAX, LESSON_PIECES, lesson, teaches, without_greeting
from ogma.domain.tips import TITLE_MAX, title_of

TEACHES = """
Open Settings, choose Security and press Forgot password.
The password must have at least 12 characters.
Refunds are paid within 14 days.
I recommend restarting the router first.
Press it twice and you will hear a click.
You can change the plan at any time.
Halte den Knopf zehn Sekunden lang gedrückt.
Die Rechnung kommt am ersten des Monats.
Ich würde zuerst den Router neu starten.
Your account page shows all invoices.
"""

DOES_NOT = """
Which version do you have?
Could you send me a screenshot of that, please?
You're welcome, happy to help!
Let me check that for you.
One moment, please, looking into it.
I have refunded it just now.
I'm looking at the logs now.
Not yet, but I have put your name on the list.
Das geht noch nicht, aber ich habe es notiert.
I’ll escalate this to the developers.
We will get back to you tomorrow.
We've sent a replacement to you.
Your order has been shipped this morning.
Your refund was approved by the bank.
Write to [email] and ask them.
Have a great day and weekend!
Thanks for waiting so patiently!
Sorry about the long wait.
Glad that it works now again.
Is there anything else today
Ok done
Ich schaue mir das gleich an.
Einen Moment bitte, ich prüfe.
Deine Bestellung wurde gestern verschickt.
Gern geschehen, bis zum nächsten Mal!
Welche Version hast du denn?
"""


@pytest.mark.parametrize("piece", TEACHES.strip().splitlines())
def test_l1_what_helps_others(piece: str) -> None:
    assert teaches(piece)


@pytest.mark.parametrize("piece", DOES_NOT.strip().splitlines())
def test_l1_what_helps_nobody_else(piece: str) -> None:
    """L1: questions, small talk, what was done for one customer, what held something private."""
    assert not teaches(piece)


@pytest.mark.parametrize(
    ("piece", "bare"),
    [
        ("Hi [name], press the button.", "Press the button."),
        ("Hello there! Sure, open Settings.", "Open Settings."),
        ("hallo zusammen, öffne die Einstellungen", "Öffne die Einstellungen"),
        ("Press <:ok:123456789012345678> the button", "Press  the button"),
        ("High voltage: stay away.", "High voltage: stay away."),
        ("Yesterday it broke.", "Yesterday it broke."),
        ("Hello!", ""),
        ("1. Open it\n2. Close it", "1. Open it\n2. Close it"),
    ],
)
def test_greetings_go(piece: str, bare: str) -> None:
    assert without_greeting(piece) == bare


@given(st.text(max_size=120))
def test_a_greeting_is_taken_off_once_and_for_all(text: str) -> None:
    once = without_greeting(text)
    assert without_greeting(once) == once
    assert teaches(once) in (True, False)


def test_the_nearest_to_the_question_are_kept_in_their_order() -> None:
    told = [f"Sentence {n} speaks of weather and wind." for n in range(10)]
    told[2], told[7] = "First hold the reset button.", "Then release the reset button."
    taught = lesson(told, "Where is the reset button?")
    assert taught is not None
    assert taught.text.count(".") == LESSON_PIECES
    assert taught.text.index("First hold") < taught.text.index("Then release")
    assert taught.question == "Where is the reset button?"


def test_a_lesson_keeps_within_its_size_and_says_nothing_twice() -> None:
    taught = lesson(["Twice the same thing."] * 2 + ["x" * (LESSON_MAX + 1)], "")
    assert taught is not None and taught.text == "Twice the same thing."
    assert lesson([], "anything") is None
    assert lesson(["x" * (LESSON_MAX + 1)], "") is None


def test_lists_stand_apart() -> None:
    taught = lesson(["Do this first.", "Then that.", "- one\n- two", "Last words here."], "")
    assert taught is not None
    assert taught.text == "Do this first. Then that.\n\n- one\n- two\n\nLast words here."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Press the button. Then wait.", "Press the button"),
        ("**Press** the `button`.", "Press the button"),
        ("- Open Settings\n- Press it", "Open Settings"),
        ("```\nogma run\n```", "ogma run"),
        ("", ""),
    ],
)
def test_the_title_is_the_first_sentence(text: str, title: str) -> None:
    assert title_of(text) == title


@given(st.text(max_size=400))
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_of(text)
    assert len(title) <= TITLE_MAX and "\n" not in title
