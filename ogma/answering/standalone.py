"""A follow-up made to stand alone: told from whole questions, joined by rule, reworded by a model.

A question that can be understood by itself is never touched, so that no search gets worse for what
was said before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ogma.answering.literals import foreign_names
from ogma.answering.opposites import WIDE, opposed
from ogma.answering.polarity import marks
from ogma.answering.words import content_words, fold, is_function_word, stem, words

CUSTOMER: Final = "customer: "
"""How a turn of the customer begins in a ticket's context."""

_MOST_KEY_WORDS: Final = 8
_LONGEST: Final = 160
_FEW: Final = 2
"""Words of its own up to which a question with a pronoun leans on what was said before."""
_FEW_CONNECTED: Final = 3
"""The same for one that begins with "and" or "what about"."""
_GERMAN_WORDS: Final = """
aber als am an auch auf aus bei bin bis bitte da dabei dafür damit dann daran darauf das dass davon
dazu dein dem den denn der des die dies diese dieser dieses doch dort du ein eine einem einen einer
eines er es euch für geht gibt habe haben hat ich ihm ihn ihnen ihr im in ist ja kann kannst kein
keine können könnt man mein meine mich mir mit muss müssen nach nicht noch nun nur oder ob sein
sich sie sind so soll und uns unter vom von vor wann war warum was welche welchem welchen welcher
welches wenn wer werden wie wieso wird wo wohin womit zu zum zur über viel lange oft
"""
_GERMAN: Final = frozenset(map(stem, _GERMAN_WORDS.split()))
"""Stems of German words that carry no subject.

The checks' own list is English: there, other languages' words do no harm."""
_CONNECTED: Final = re.compile(
    r"^(?:and|but|or|also|then|so|what about|how about|same for|und|oder|aber|auch|dann"
    r"|was ist mit|wie (?:ist|sieht) es (?:mit|bei|aus mit)|gilt das auch)\b"
)
_DUMMY: Final = re.compile(
    r"\bit(?:'s| is| was)? (?:also )?(?:possible|ok|okay|allowed|safe|normal|true|necessary"
    r"|legal)\b"
    r"|\b(?:is|was|would) it (?:also )?(?:possible|ok|okay|allowed|safe|normal|true|necessary"
    r"|legal)\b|\b(?:does|will|would|can) it (?:take|cost) (?:for .{1,20} )?to\b"
    r"|\b(?:gibt es|geht es um|ist es (?:möglich|erlaubt|okay|normal)|wie geht es)\b"
    r"|\b(?:ist|sind|war) (?:das|die|der|dies) (?=\w{4,})"
)
_POINTING: Final = re.compile(
    r"\b(?:it|its|them|theirs?|ones|(?:this|that|which|another|the other|the first|the second) one"
    r"|(?:those|these)(?!\s+[^\W\d_]))\b"
    r"|^(?:(?:and|but|so|then) )?(?:(?:how|when|why|where|what)(?: much| long| often)? )?"
    r"(?:is|are|does|do|did|can|will|would|has) (?:that|this|they)\b"
    r"(?!\s(?:app|bot|channel|order|page|plan|product|program|server|service|site|tool|website))"
    r"|\b(?:do|does|about|of|with|for|like|after|without|from|on|in|to|cancel|change|use) "
    r"(?:that|this)\s*[?.!]*$"
    r"|\b(?:es|ihn|ihm|ihnen|dafür|damit|davon|dazu|darauf|daran|dort|dabei)\b|\bdas\s*[?.!]*$"
    r"|^(?:(?:und|aber|dann) )?(?:(?:wie|wann|warum|wo|was)(?: viel| lange| oft)? )?"
    r"\w+ (?:das|sie)\s*(?:[?.!]|$|denn|dann|auch|noch)"
)
_SIGNS: Final = re.compile(r"[^\w\s?.,;:!'’\"()/-]")
"""Signs of markup, mentions and placeholders, and what cannot be seen."""
_ASKING: Final = re.compile(
    r"[?？]|\b(?:how|why|when|where|what|which|who|whose|wie|warum|wieso|wann|wo|was|wer"
    r"|welche[rsnm]?)\b"
)


@dataclass(frozen=True, slots=True)
class Alone:
    """A question as it is searched, and who reworded it; None: it was understood as asked."""

    text: str
    by: Literal["rule", "model"] | None = None


class Reworded(BaseModel):
    """What a model makes of a follow-up."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    question: str


def leans(question: str) -> bool:
    """Whether a question needs what was said before it to be understood."""
    asked = " ".join(fold(question).split())
    if not asked or len(asked) > _LONGEST:
        return False
    own = len(set(_key_words(asked)))
    if own == 0:
        return _ASKING.search(asked) is not None
    if _CONNECTED.search(asked):
        return own <= _FEW_CONNECTED
    bare = _DUMMY.sub(" ", asked)
    pointing = _POINTING.search(bare)
    if pointing is None or own > _FEW:
        return False
    return len(set(_key_words(bare[: pointing.start()]))) <= 1  # else it points at these


def may_stand(question: str) -> bool:
    """Whether a question that seems to lean has words enough to be right by itself."""
    return len(set(_key_words(question))) > 1


def earlier(context: Sequence[str]) -> str:
    """What the customer asked before: the newest of their turns that stands by itself.

    Empty where there is none. `context` is the ticket so far, oldest first.
    """
    turns = [turn.removeprefix(CUSTOMER) for turn in context if turn.startswith(CUSTOMER)]
    return next((turn for turn in reversed(turns) if _key_words(turn) and not leans(turn)), "")


def joined(question: str, before: str) -> str:
    """The follow-up with the key words of the question before it that it does not have itself."""
    mine = {stem(word) for word in words(question)}
    added: dict[str, str] = {}
    for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", before):
        root = stem(fold(word))
        if root not in mine and not _says_nothing(word):
            added.setdefault(root, word)
    return " ".join((question.strip(), *list(added.values())[:_MOST_KEY_WORDS]))


def faithful(reworded: str, question: str, context: Sequence[str]) -> bool:
    """Whether a model's wording asks what was asked, in words that were said.

    Nothing may be new in it but one word, and no number, name, sign or opposite of what was said;
    half of the question's words must stand, and so must its "not" and "only", without another one.
    """
    said = "\n".join((question, *context))
    told = set(_key_words(said))
    mine, asked = set(_key_words(reworded)), set(_key_words(question))
    new = mine - told
    return (
        bool(mine)
        and len(reworded) <= _LONGEST * 2
        and "\n" not in reworded.strip()
        and "://" not in reworded
        and len(new) <= 1
        and not any(char.isdigit() for word in new for char in word)
        and len(asked & mine) * 2 >= len(asked)
        and set(_SIGNS.findall(reworded)) <= set(_SIGNS.findall(said))
        and not foreign_names(reworded, said)
        and opposed(" ".join(new), told, WIDE) is None
        and _strong(question) <= _strong(reworded) <= _strong(_by_customer(question, context))
    )


def _strong(text: str) -> set[str]:
    return marks(text) & {"not", "only"}


def _by_customer(question: str, context: Sequence[str]) -> str:
    """What was asked, and what the customer said before."""
    return "\n".join((*(turn for turn in context if turn.startswith(CUSTOMER)), question))


def parse(content: str) -> str | None:
    """The question in a model's reply, None where there is none."""
    try:
        return Reworded.model_validate_json(content).question.strip() or None
    except ValidationError:
        return None


def _key_words(text: str) -> list[str]:
    return [word for word in content_words(text) if word not in _GERMAN]


def _says_nothing(word: str) -> bool:
    return is_function_word(word) or stem(fold(word)) in _GERMAN
