"""Which language a text is in, from its script and its smallest words; None when unsure."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from ogma.answering.words import fold

_SCRIPTS: Final = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_SMALL_WORDS: Final = {
    "en": "the and is are you your can how what do does to of for with it this that in on not will",
    "de": "der die das und ist sind ich sie wie was kann ein eine nicht mit für auf zu den mein wo",
    "fr": "le la les et est sont je vous comment que un une des ne pas pour dans mon sur du puis",
    "es": "el la los las y es son yo usted cómo como que un una no para en mi por puedo del está",
    "it": "il lo la gli e è sono io come che un una non per nel mio posso di con della quando",
    "pt": "o a os as e é são eu você como que um uma não para em meu posso do da quando",
    "nl": "de het een en is zijn ik u je hoe wat kan niet met voor op mijn van waar wanneer",
    "pl": "i w na jest są nie to jak co czy mogę się do z moje dla kiedy gdzie można",
}
_WORDS_OF: Final = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_ENOUGH_LETTERS: Final = 3
_ENOUGH_WORDS: Final = 2


def language_of(text: str) -> str | None:
    """A language code, 'cyrillic' for that script, or None when the text is too little to tell."""
    plain = fold(text)
    letters = sum(char.isalpha() for char in plain)
    for code, script in _SCRIPTS:
        found = len(script.findall(plain))
        if found >= _ENOUGH_LETTERS and found * 3 > letters:
            return code
    counts = Counter(
        {
            code: sum(word in small for word in re.findall(r"[^\W\d_]+", plain))
            for code, small in _WORDS_OF.items()
        }
    )
    (first, most), (_, second) = counts.most_common(2)
    return first if most >= _ENOUGH_WORDS and most > second else None


def same_language(question: str, answer: str) -> bool:
    """False only when both are told apart for certain."""
    asked, given = language_of(question), language_of(answer)
    return asked is None or given is None or asked == given
