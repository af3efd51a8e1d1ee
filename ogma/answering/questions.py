"""What kind of thing a question asks for, and whether a text has such a thing to give."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from ogma.answering.words import fold


class Fit(Enum):
    """How a text fits the kind of question."""

    GIVES = "gives"
    NEUTRAL = "neutral"
    LACKS = "lacks"


_NUMBER: Final = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|thousand|once"
    r"|twice|half|unlimited|no limit|any number|free|single|double|several)\b"
)
_TIME: Final = (
    r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:january|february|march|april|may|june"
    r"|july|august|september|october|november|december)\b|\b(?:daily|weekly|monthly|yearly|weekdays?"
    r"|weekends?|always|never|immediately|instantly|once|after|before|until|within|when|as soon as"
    r"|hours?|days?|weeks?|months?|years?|minutes?|noon|midnight|o'clock|next|every)\b"
)
_KINDS: Final = (
    (
        re.compile(
            r"\bhow (?:many|much|long|often|old|big|large|far|fast|high|soon|late)\b"
            r"|\b(?:price|costs?) of\b|\bwhat(?:'s| is| are)? the price\b"
        ),
        _NUMBER,
    ),
    (re.compile(r"\b(?:when|what time|what day|which day|until when|opening hours)\b"), _TIME),
)
_HOW_MUCH_TIME: Final = re.compile(r"\bhow (?:long|often|soon|late)\b")


def fit(question: str, text: str) -> Fit:
    """Whether the text gives the number or the time that the question asks for.

    NEUTRAL when the question asks for neither.
    """
    asked = fold(question)
    for kind, given in _KINDS:
        if kind.search(asked):
            wanted = f"{given}|{_TIME}" if _HOW_MUCH_TIME.search(asked) else given
            return Fit.GIVES if re.search(wanted, fold(text)) else Fit.LACKS
    return Fit.NEUTRAL
