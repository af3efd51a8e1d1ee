"""What is said in tickets beside answers, in every language."""

from __future__ import annotations

import pytest

from ogma import texts
from ogma.bot.render import asides
from ogma.bot.render.message import Marker
from ogma.domain.secret_patterns import SECRET_PATTERNS
from ogma.domain.small_talk import SmallTalk


@pytest.mark.parametrize("language", texts.languages())
def test_every_aside_has_its_words(language: str) -> None:
    """D4, A1, E1, A6: each kind of secret, each kind of small talk, the offer, the line."""
    say = texts.load(language)
    kinds = sorted({pattern.kind for pattern in SECRET_PATTERNS})
    for told in (asides.secret_masked(say, kinds).content or "", asides.secret_asked(say, kinds)):
        assert all(say(f"secret.{kind}") in told for kind in kinds)
    for talk in set(SmallTalk) - {SmallTalk.NOD}:
        assert asides.small_talk(say, talk).content == say(f"small_talk.{talk}")
    first, third = asides.waiting(say, 1).content, asides.waiting(say, 3).content
    assert third is not None and "3" in third and first != third


def test_the_offer_has_the_button_to_a_person() -> None:
    """E1: suggest offers Request human; found again by its button."""
    offer = asides.offer_human(texts.load("en"), 7)
    assert offer.marker() == Marker("custom_id", "ogma:human:7")
