"""How frustrated somebody seems, from what they wrote: signs with weights, added up (E1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ogma.domain.clock import DAY, MINUTE, Millis
from ogma.domain.likeness import overlap, tokens


class Sign(StrEnum):
    """What gives it away."""

    PHRASES = "phrases"
    REPETITION = "repetition"
    CAPITALS = "capitals"
    MARKS = "marks"
    SPEED = "speed"


WEIGHTS: Final = {
    Sign.PHRASES: 0.6,
    Sign.REPETITION: 0.4,
    Sign.CAPITALS: 0.4,
    Sign.MARKS: 0.2,
    Sign.SPEED: 0.2,
}
"""For each time a sign is found; repetition and phrases may be found more than once."""
CUT: Final = 0.6
"""The score from which somebody counts as frustrated."""

_PHRASES: Final = re.compile(
    r"\b(?:useless|ridiculous|unacceptable|pathetic|terrible (?:service|support)|worst (?:service"
    r"|support|bot)|waste of (?:my )?time|fed up|sick of|(?:so|really|very|extremely) (?:frustrat"
    r"(?:ed|ing)|annoy(?:ed|ing)|angry)|i give up|how many times|for the (?:third|fourth|fifth"
    r"|last|hundredth|\w{1,3}th) time|(?:that|this|it) (?:still )?(?:does ?n[o']?t|did ?n[o']?t"
    r"|is ?n[o']?t) help(?:ing|ful)?|not helpful|no help at all|still (?:does ?n[o']?t|not) work"
    r"(?:ing|s)?|nothing works|stupid bot|wtf|are you kidding|joke of a"
    r"|(?:what|such) a (?:rip[- ]?off|scam)"
    r"|(?:read|listen to) what i (?:wrote|said)|already (?:told|said|tried) (?:you )?that"
    r"|nutzlos|lächerlich|unverschämt\w*|frechheit|zumutung|katastrophe|abzocke|verarsch\w*"
    r"|zeitverschwendung|schlechtester \w+|zum (?:dritten|vierten|hundertsten|letzten|x-ten) mal"
    r"|(?:hilft|half) (?:mir )?(?:überhaupt )?nicht|nicht hilfreich|bringt (?:mir )?nichts"
    r"|(?:geht|funktioniert|klappt) (?:immer noch|noch immer) nicht|immer noch nicht"
    r"|ich hab(?:e)? (?:die schnauze|genug|keine lust mehr)|das kann doch nicht wahr sein"
    r"|wie oft (?:noch|denn)"
    r"|hab(?:e)? (?:ich )?(?:doch )?(?:schon|bereits) (?:gesagt|geschrieben))\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"```.*?(?:```|\Z)|`[^`]*`|https?://\S+", re.DOTALL)
_MARKS: Final = re.compile(r"[!?]{3,}")
_SAME: Final = 0.6
"""The share of common words from which two messages ask the same."""
_MOST: Final = 2
"""Times that one sign counts."""
_LOUD_LETTERS: Final = 12
_LOUD_SHARE: Final = 0.7
_FAST: Final = 6
"""Messages within a minute."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a customer."""

    at: Millis
    text: str


@dataclass(frozen=True, slots=True)
class Mood:
    """The score, and the signs that it was added up from."""

    score: float
    signs: tuple[Sign, ...]

    @property
    def frustrated(self) -> bool:
        """Whether it is enough to act."""
        return self.score >= CUT

    def __str__(self) -> str:
        return f"{', '.join(self.signs)} ({self.score:.1f})"


def mood(now: Sequence[Said], before: Sequence[Said]) -> Mood:
    """The mood of what was just written, in the light of the messages before, oldest first."""
    text = _CODE.sub(" ", "\n".join(one.text for one in now))
    found = {
        Sign.PHRASES: len(set(map(str.casefold, _PHRASES.findall(text)))),
        Sign.REPETITION: _repetitions(now, before),
        Sign.CAPITALS: int(_loud(text)),
        Sign.MARKS: int(_MARKS.search(text) is not None),
        Sign.SPEED: int(_fast([*before, *now])),
    }
    signs = tuple(sign for sign, times in found.items() if times)
    score = sum(WEIGHTS[sign] * min(_MOST, times) for sign, times in found.items())
    return Mood(round(score, 2), signs)


def _repetitions(now: Sequence[Said], before: Sequence[Said]) -> int:
    """How many earlier messages of the last day ask the same as one of these."""
    asked = [words for one in now if len(words := tokens(one.text)) >= 3]
    if not asked:
        return 0
    since = now[-1].at - DAY
    earlier = [tokens(one.text) for one in before if one.at >= since]
    return sum(any(overlap(one, other) >= _SAME for other in asked) for one in earlier)


def _loud(text: str) -> bool:
    letters = [char for char in text if char.isupper() or char.islower()]
    upper = sum(char.isupper() for char in letters)
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(letters) >= _LOUD_LETTERS and upper / len(letters) >= _LOUD_SHARE and len(words) >= 3


def _fast(said: Sequence[Said]) -> bool:
    return bool(said) and sum(said[-1].at - one.at <= MINUTE for one in said) >= _FAST
