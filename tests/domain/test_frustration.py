"""The score of frustration: repetition, phrases, capitals, marks, speed (E1)."""

from __future__ import annotations

import pytest

from ogma.domain.clock import DAY, MINUTE, SECOND
from ogma.domain.frustration import Said, Sign, mood

NOW = 1_800_000_000_000
CALM = """
How do I reset my password?
My order has not arrived yet, can you check?
It does not work on my phone.
HTTP 404 on GET /API/V2/USERS
I get ERR_CONNECTION_REFUSED
Is this a scam protection feature of Visa or Mastercard?
URGENT
Why?!
Das geht bei mir nicht.
Wie oft wird abgerechnet?
`SELECT * FROM USERS WHERE ID IS NOT NULL`
Can I use it a second time?
OK THANKS
"""
ANGRY = """
This is ridiculous
your bot is useless
That doesn't help
it still doesn't work!!!
WHY IS NOBODY ANSWERING ME HERE???
for the third time: where is my order
what a waste of my time
I am so frustrated with this
Das ist eine Frechheit
Es funktioniert immer noch nicht
ich habe doch schon gesagt dass das nicht geht
Das hilft mir nicht
"""


@pytest.mark.parametrize("text", CALM.strip().splitlines())
def test_e1_ordinary_words_are_no_frustration(text: str) -> None:
    assert not mood([Said(NOW, text)], []).frustrated


@pytest.mark.parametrize("text", ANGRY.strip().splitlines())
def test_e1_plain_words_of_frustration_are_heard(text: str) -> None:
    assert mood([Said(NOW, text)], []).frustrated


def test_e1_asking_the_same_again_and_again_adds_up() -> None:
    asked = "where can I find my invoice"
    once = [Said(NOW - 9 * MINUTE, asked)]
    twice = [*once, Said(NOW - 5 * MINUTE, "Where do I find my invoice please")]
    again = [Said(NOW, f"{asked}?")]
    assert mood(again, []).signs == ()
    assert mood(again, once).signs == (Sign.REPETITION,) and not mood(again, once).frustrated
    assert mood(again, twice).frustrated
    long_ago = [Said(NOW - 2 * DAY, one.text) for one in twice]
    assert mood(again, long_ago).signs == ()


def test_e1_speed_alone_is_not_enough_but_counts() -> None:
    burst = [Said(NOW - n * SECOND, f"word{n}") for n in range(6, 0, -1)]
    fast = mood([Said(NOW, "hello")], burst)
    assert fast.signs == (Sign.SPEED,) and not fast.frustrated
    assert mood([Said(NOW, "ANSWER ME NOW PLEASE")], burst).frustrated


def test_e1_the_reasons_can_be_read() -> None:
    found = mood([Said(NOW, "THIS IS USELESS, ALL OF IT!!!")], [])
    assert str(found) == "phrases, capitals, marks (1.2)"
