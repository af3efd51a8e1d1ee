"""What of the team's words in a ticket may help somebody else: a rule, word for word (L1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ogma.domain.likeness import tokens
from ogma.domain.redaction import holds_mask
from ogma.domain.tips import Lesson, title_of

LESSON_MAX: Final = 1000
"""Characters that a lesson by rule may have."""
LESSON_PIECES: Final = 6

_GREETING: Final = re.compile(
    r"^(?:(?:hi|hello|hey|hallo|moin|servus|dear|good (?:morning|afternoon|evening)"
    r"|guten (?:tag|morgen|abend)|lieber?)\b(?:\s+(?:there|all|again|zusammen|\[name\]))*"
    r"|sure|yes|yeah|no problem|of course|ok(?:ay)?|alright|ja|klar|gerne|natürlich|thanks|danke"
    r"|thank you|sorry)(?:\s*[,!.:;–-]+\s*|\s*$)",
    re.IGNORECASE,
)
_CHATTER: Final = re.compile(
    r"^(?:(?:you(?:'|’)?re|you are) welcome|my pleasure|glad|great|perfect|awesome|welcome"
    r"|good (?:to hear|luck)|happy to|let (?:me|us) (?:know|check|look|see)|let's see|feel free"
    r"|please wait|one (?:moment|sec)|just a (?:moment|sec)|hold on|give me|hang on"
    r"|have a (?:nice|great|good)|thanks?|thank you|sorry|apologies|hope (?:this|that|it)"
    r"|is there anything|anything else|closing|best regards|kind regards|cheers"
    r"|we(?:'|’)?(?:ll| will| have|ve| are|re) (?:look|check|get back|be in touch|escalat"
    r"|forward|on it|refunded|sent|replaced|fixed|issued)"
    r"|gern geschehen|bitte sehr|freut mich|moment|einen moment|viele grüße|mit freundlichen"
    r"|danke|tut mir leid|entschuldig|melde dich|meld dich|schönen (?:tag|abend)|super|prima)\b",
    re.IGNORECASE,
)
_OWN_ACT: Final = re.compile(
    r"^(?:i|ich)\b(?!\s+(?:recommend|suggest|would|empfehle|würde))|^i(?:'|’)(?:m|ve|ll)\b"
    r"|\b(?:and|but|so|und|aber|also)\s+(?:i(?:(?:'|’)(?:m|ve|ll)|\s+(?:am|have|will))|ich"
    r"\s+(?:bin|habe|werde))\b",
    re.IGNORECASE,
)
"""Also halfway through: "Not yet, but I have put your name on the list"."""
_THIS_CASE: Final = re.compile(
    r"\b(?:your|deine?|ihre?)\s+(?:\w+\s+)?(?:order|refund|payment|ticket|case|request|parcel"
    r"|package|replacement|invoice|account|bestellung|erstattung|zahlung|anfrage|paket|rechnung)\b"
    r".{0,40}\b(?:has been|have been|was|were|is now|is on its|got|wurde|ist jetzt|ist nun"
    r"|ist unterwegs)\b",
    re.IGNORECASE | re.DOTALL,
)
_EMOJI_CODE: Final = re.compile(r"<a?:(\w+):\d+>")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LEAST_WORDS: Final = 4


def without_greeting(piece: str) -> str:
    """A piece of a message without the greeting in front, beginning with a capital letter."""
    text = _EMOJI_CODE.sub("", piece).strip()
    while text and (rest := _GREETING.sub("", text, count=1).strip()) != text:
        text = rest
    return text[:1].upper() + text[1:] if text[:1].isalpha() else text


def teaches(piece: str) -> bool:
    """Whether a piece of what staff wrote may help somebody else.

    Not: questions, small talk, what was done for this customer alone, and whatever held something
    private. `piece` is a sentence, a list or a block of code, masked and without its greeting.
    """
    return (
        len(_WORD.findall(piece)) >= _LEAST_WORDS
        and not holds_mask(piece)
        and not piece.rstrip(" *_)\"'”").endswith(("?", "？"))
        and not _CHATTER.match(piece)
        and not _OWN_ACT.search(piece)
        and not _THIS_CASE.search(piece)
    )


def lesson(pieces: Iterable[str], question: str) -> Lesson | None:
    """A lesson word for word out of pieces that teach: those nearest to the question, in order."""
    wanted = tokens(question)
    listed = list(dict.fromkeys(pieces))
    ranked = sorted(range(len(listed)), key=lambda at: (-len(wanted & tokens(listed[at])), at))
    kept: list[int] = []
    left = LESSON_MAX
    for at in ranked[:LESSON_PIECES]:
        if len(listed[at]) <= left:
            kept.append(at)
            left -= len(listed[at]) + 1
    return worded([listed[at] for at in sorted(kept)], question) if kept else None


def worded(pieces: Sequence[str], question: str) -> Lesson:
    """The lesson of these pieces: sentences in one paragraph, lists and code apart."""
    text = ""
    flowing = False
    for piece in pieces:
        plain = "\n" not in piece
        text += (" " if flowing and plain else "\n\n") + piece if text else piece
        flowing = plain
    return Lesson(title_of(text), text, question)
