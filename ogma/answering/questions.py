"""What kind of thing a question asks for, and whether a text has such a thing to give."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from ogma.answering.literals import names
from ogma.answering.words import fold


class Fit(Enum):
    """How a text fits the kind of question."""

    GIVES = "gives"
    NEUTRAL = "neutral"
    LACKS = "lacks"


_NUMBER: Final = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen|twenty"
    r"|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?|once"
    r"|twice|half|unlimited|no limit|any number|free|single|double|several|none|no more than)\b"
)
_TIME: Final = re.compile(
    r"\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:january|february|march|april|may|june"
    r"|july|august|september|october|november|december)\b|\b(?:daily|weekly|monthly|yearly|weekdays?"
    r"|weekends?|always|never|immediately|instantly|once|after|before|until|within|when|as soon as"
    r"|hours?|days?|weeks?|months?|years?|minutes?|noon|midnight|o'clock|next|every|spring|summer"
    r"|autumn|winter|night|morning|century)\b"
)
_MONEY: Final = re.compile(
    r"[$€£¥%]|\b(?:eur|usd|gbp|chf|euros?|dollars?|pounds?|francs?|cents?|thalers?|yen|rupees?|rs"
    r"|crowns?|coins?|credits?|points?|free|per cent|percent|no (?:extra )?(?:cost|charge|fee))\b"
)
_YEAR: Final = re.compile(
    r"\b1\d{3}s?\b|\b20\d\ds?\b|\b\d+(?:st|nd|rd|th)? (?:bc|ad|bce|ce)\b|\bad \d|centur(?:y|ies)"
    r"|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)\b|\b\d{1,2}[./-]\d{1,2}\b"
)
_SHARE: Final = re.compile(
    r"%|\bper ?cent\b|\b(?:half|thirds?|quarters?|fifths?|tenths?|majority|most|all|none)\b"
)
_MEASURE: Final = re.compile(
    r"\b(?:\d[\d.,]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|\w{3,5}teen|\w{3,5}ty"
    r"|hundreds?|thousands?|few|several|half)\b\W{0,3}(?:\w+\W+)?(?:f(?:ee|oo)?t|inch(?:es)?|yards?"
    r"|miles?|metres?|meters?|(?:kilo|centi|milli)met\w+|[kcm]?m|degrees?|[°%]|tons?|tonnes?|[km]?g"
    r"|kilos?|kilogra\w+|grams?|pounds?|ounces?|lit(?:re|er)s?|gallons?|acres?|hectares?|square"
    r"|volts?|watts?|[kmgt]i?b|bytes?|pixels?|px|mph|km/h|knots?|characters?|seconds?|minutes?"
    r"|hours?|days?|size)\b|\d ?(?:[°%x×]|[kmgt]i?b\b)"
)
_DATED: Final = re.compile(
    r"\b(?:in|since|until|by|before|after|from|to|around|early|late|about|january|february|march"
    r"|april|may|june|july|august|september|october|november|december),? (?:1\d{3}|20\d\d)\b"
    r"(?! [a-z]+s\b)"
)
"""A year is no answer to "how many"."""
_REASON: Final = re.compile(
    r"\b(?:because|since|due to|so that|in order|reasons?|as a result|therefore|otherwise"
    r"|to (?!the\b|a\b|an\b)\w+|for (?:the sake|safety|security)|caus(?:e|ed|es)|means that"
    r"|prevents?)\b"
)
_PLACE: Final = re.compile(
    r"https?://|[\w-]/\w|[>›→\"`]|\b(?:in|at|on|under|below|above|near|off|from|to|into|inside|via"
    r"|through|behind|beside|between|here|there|anywhere|online)\b"
)
_COLOUR: Final = re.compile(
    r"\b(?:red|green|blue|yellow|orange|purple|violet|pink|brown|black|white|gr[ae]y|gold|silver"
    r"|turquoise|beige)\b|#[0-9a-f]{6}\b"
)
_ROLE: Final = re.compile(
    r"\b(?:we|us|you|staff|team|support|owners?|admins?|administrators?|moderators?|managers?"
    r"|members?|customers?|everyone|everybody|anyone|anybody|nobody|no one|developers?|people"
    r"|users?|sellers?|senders?|compan(?:y|ies)|king|queen|president|governments?|bots?)\b|\S@\S"
)
_INSTRUCTION: Final = re.compile(
    r"(?:^|[.:;!\n]\s*|\b(?:then|and|or|first|to|can|must|please|you)\s+|[-*•]\s+|\d[.)]\s+)"
    r"(?:open|press|click|tap|choose|select|go to|go back|use|type|enter|run|write|send|stop|start"
    r"|set|switch|turn|add|install|download|scan|print|log in|sign in|log out|connect|copy|paste"
    r"|create|make|move|put|remove|delete|drag|edit|change|check|ask|contact|call|follow|restart"
    r"|reset|restore|upload|visit|fill|confirm|hold|wait|try|update|upgrade|enable|disable|pay"
    r"|order|return|cancel|invite|give|keep)\b|`"
)

_OF_SIZE: Final = (
    r"how (?:big|large|wide|high|tall|deep|heavy|far|fast|broad|thick)\b|(?:what|which) (?:distance"
    r"|height|length|width|weight|depth|altitude|speed|temperature|size)"
)
_OF_NUMBER: Final = (
    r"how (?:many|much)\b|(?<!from )(?<!to )(?<!in )(?<!at )(?:what|which) port\b|(?:what|which) "
    r"(?:number|age|limit|maximum|minimum|version|discount)"
)
_OF_SHARE: Final = (
    r"(?:what|which) (?:percentage|percent|per cent|share|proportion|portion|fraction)"
)
_VERB: Final = (
    r"(?:is|are|was|were|do|does|did|will|would|can|could|should|shall|may|must|has|have|had)"
)
_KINDS: Final[tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]] = (
    (
        re.compile(
            r"\bhow (?:expensive|cheap)\b|\b(?:price|costs?|fees?|charges?) (?:of|for)\b"
            r"|\b(?:what|how much)\b.*\b(?:cost|price|fee|charge|pay|paid|spend|spent)\b"
        ),
        _MONEY,
    ),
    (re.compile(rf"\b{_OF_SHARE}\b"), _SHARE),
    (re.compile(rf"\b{_OF_SIZE}\b"), _MEASURE),
    (
        re.compile(r"\bhow (?:long|often|soon|late|old)\b"),
        re.compile(rf"{_NUMBER.pattern}|{_TIME.pattern}"),
    ),
    (re.compile(rf"\b(?:{_OF_NUMBER})\b"), _NUMBER),
    (re.compile(r"\b(?:what|which) (?:year|century|decade|month)\b"), _YEAR),
    (
        re.compile(
            rf"^\W*(?:(?:and|so|since|until|by|from) )?when\b|\b(?:until )?when {_VERB}\b"
            r"|\b(?:what|which) (?:time|day|date)\b"
        ),
        _TIME,
    ),
    (re.compile(r"^\W*why\b|\b(?:what is|what's|whats) the reason\b|\bhow come\b"), _REASON),
    (re.compile(r"\b(?:what|which) colou?r\b"), _COLOUR),
    (re.compile(r"^\W*(?:where|in which (?:city|country|place|menu))\b"), _PLACE),
    (re.compile(r"^\W*(?:(?:to|by|with|from|for) )?who(?:m|se)?\b"), None),
)
_HOW_TO: Final = re.compile(r"\bhow (?:do|can|could|should|would|to)\b|\bhow (?:does one|might)\b")


def fit(question: str, text: str) -> Fit:
    """Whether the text gives what the question asks for: a number, a time, money, a person ...

    NEUTRAL when the question asks for none of these.
    """
    asked, said = fold(question), fold(text)
    for kind, given in _KINDS:
        if not kind.search(asked):
            continue
        if given is None:
            has = _names_somebody(asked, text, said)
        elif given is _NUMBER:
            has = _gives_number(asked, said)
        else:
            has = bool(given.search(said))
        return Fit.GIVES if has else Fit.LACKS
    if _HOW_TO.search(asked):
        return Fit.GIVES if _INSTRUCTION.search(said) else Fit.NEUTRAL
    return Fit.NEUTRAL


def _names_somebody(asked: str, text: str, said: str) -> bool:
    """Whether the text has a name that the question has not, or speaks of a role."""
    return bool(_ROLE.search(said)) or any(
        fold(name) not in asked and not _TIME.fullmatch(fold(name)) and not _is_place(name, text)
        for name in names(text)
    )


def _is_place(name: str, text: str) -> bool:
    """Whether the name stands only where a place does: "in Spain", "from Essen"."""
    home = re.compile(rf"\b(?:in|at|near|from|to|into|across|around)\s+{re.escape(name)}\b")
    return len(home.findall(text)) == len(re.findall(rf"\b{re.escape(name)}\b", text))


def _gives_number(asked: str, said: str) -> bool:
    """Whether the text has a number that the question has not, and that is no year."""
    given = _NUMBER.findall(_DATED.sub(" ", said))
    known = {number.rstrip(".,") for number in _NUMBER.findall(asked)}
    return any(number.rstrip(".,") not in known for number in given)
