"""What gives people and their secrets away, as named patterns. Each finds spans of a text.

The patterns are bounded, so that no text makes them slow. What a pattern cannot tell from its
shape alone (a card number from another long number) is checked after it.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

from ogma.domain.patterns import Private as Private
from ogma.domain.patterns import pattern as _p
from ogma.domain.secret_patterns import SECRET_PATTERNS, changes


def _is_address(text: str) -> bool:
    """An address of a network, apart from those that every machine has."""
    try:
        found = ip_address(text)
    except ValueError:
        return False
    return not (found.is_loopback or found.is_unspecified or text.startswith("255."))


def _mixed(text: str) -> bool:
    """Letters and digits mixed as a machine mixes them, which no word and no path does."""
    return changes(text) >= 4 and any(char.isalpha() for char in text)


def _is_phone(text: str) -> bool:
    digits = len(re.findall(r"[0-9]", text))
    return 7 <= digits <= 15 and not _DATE.fullmatch(text.strip())


def _tells(link: str) -> bool:
    """An address that lets in, names somebody or carries something: more than a page."""
    rest = link.partition("://")[2]
    host, _, path = rest.partition("/")
    return (
        "@" in host
        or "?" in rest
        or bool(re.search(r"#[^#]*=", rest))
        or bool(_INVITE.match(rest))
        or any(len(part) >= 16 and _mixed(part) for part in re.split(r"[/#.]", path))
    )


_DATE: Final = re.compile(r"\d{1,4}[-./ ]\d{1,2}[-./ ]\d{1,4}")
_INVITE: Final = re.compile(
    r"(?:www\.)?(?:discord\.(?:gg|com/(?:invite|channels|api/webhooks))"
    r"|cdn\.discordapp\.com|media\.discordapp\.net)/",
    re.IGNORECASE,
)
_I: Final = re.IGNORECASE
_WORD: Final = r"[A-ZÄÖÜÀ-Þ][\w'’-]{1,30}"
_QUIET: Final = (
    r"(?!(?:There|All|Everyone|Everybody|Team|Folks|Guys|Again|Customer|Sir|Madam|You|For|So|And"
    r"|Zusammen|Alle|Leute|Kunde|Kundin|Welcome|Sorry|Please|Yes|No|The|This|That|It|We|To|If"
    r"|Your|Just|Thanks|Thank)\b)"
)
_STREET: Final = r"(?:street|avenue|road|boulevard|lane|terrace|crescent|highway|parkway|parade)"
_WAY: Final = r"(?:St|Ave|Rd|Blvd|Ln|Dr|Ct|Pl|Sq|Hwy|Pkwy|Drive|Court|Way|Place|Square|Close)"
_UNIT: Final = r"(?:,?\s{0,2}(?:apt|apartment|suite|unit|flat|floor)\b\.?\s{0,2}#?\w{1,6})?"
_CITY: Final = rf"(?:,?\s{{1,2}}(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s{{1,2}}{_WORD})?"

PATTERNS: Final = (
    *SECRET_PATTERNS,
    _p(
        "address with more than a page", Private.LINK,
        r"https?://[^\s<>\"'`)\]]{4,2000}", _I, _tells,
    ),
    _p(
        "invitation", Private.LINK,
        r"(?<![\w/])(?:discord\.gg|discord(?:app)?\.com/invite)/[\w-]{2,40}", _I,
    ),
    _p("possible authorisation", Private.KEY,
       r"\b(?:bearer|basic)\s{1,3}(?P<it>[\w.~+/=-]{8,2000})", _I,
       lambda found: bool(re.search(r"\d|=", found))),
    _p(
        "licence key", Private.KEY, r"(?<![\w-])(?:[A-Z0-9]{4,8}-){2,7}[A-Z0-9]{4,8}(?![\w-])", 0,
        lambda found: bool(re.search(r"[A-Z]", found) and re.search(r"\d", found)),
    ),
    _p("hexadecimal secret", Private.KEY, r"(?<!\w)[0-9a-f]{32,512}(?!\w)", _I),
    _p("mixed secret", Private.KEY, r"(?<![\w/.-])[A-Za-z0-9_+=-]{20,512}(?![\w/.])", 0, _mixed),
    _p(
        "possible password after a colon", Private.PASSWORD,
        r"\b(?:pass(?:word|wort|code|phrase|wd)?|kennwort|pwd?|mot de passe|contraseña|secret"
        r"|geheimnis|api[ _-]?key|access[ _-]?key|(?:auth|access|bot|api)?[ _-]?token"
        r"|(?:verification|security|confirmation|backup|recovery|login|2fa|otp)[ -]code|otp|pin"
        r"|cvv2?|cvc2?)\s{0,3}(?:is|ist|lautet)?\s{0,3}(?::|=|->)\s{0,3}[\"'`*]{0,2}"
        r"(?P<it>[^\s\"'`]{3,200})", _I,
    ),
    _p(
        "possible password in a sentence", Private.PASSWORD,
        r"\b(?:pass(?:word|wort|code|phrase)|kennwort|secret|pin|(?:\w{2,12}[ -])?code|token"
        r"|cvv|cvc)"
        r"\s{1,3}(?:(?:is|was|ist|war|lautet|to|as|auf)\s{1,3}){1,2}[\"'`*]{0,2}"
        r"(?P<it>(?=[^\s\"'`]{0,200}[\d!$%^&_#])[^\s\"'`]{4,200})", _I,
    ),
    _p("card's expiry", Private.CARD,
       r"\b(?:exp(?:iry|ires|iration)?(?: date)?|valid (?:thru|until|to)|gültig bis)\b\D{0,4}"
       r"(?P<it>\d{2}\s?/\s?\d{2,4})", _I),
    _p(
        "named bank number", Private.BANK,
        r"\b(?:iban|bic|swift(?:[ /-]bic)?|sort[ -]code|routing(?: number)?|blz|account number"
        r"|kontonummer|konto(?:-?nr\.?)?)\s{0,3}(?:is|ist)?\s{0,3}[:#=]?\s{0,3}"
        r"(?P<it>[A-Z0-9][A-Z0-9 -]{4,40}\d\w{0,4}|[A-Z]{6}[A-Z0-9]{2,5})(?!\w)", _I,
        lambda found: bool(re.search(r"\d", found)) or found.isupper(),
    ),
    _p("email address", Private.EMAIL, r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,6}"),
    _p(
        "disguised email address", Private.EMAIL,
        r"[\w.+-]{2,64}\s{0,2}[\[({]\s?(?:at|ät)\s?[\])}]\s{0,2}[\w-]{2,63}"
        r"\s{0,2}(?:[\[({]\s?(?:dot|punkt)\s?[\])}]|\.)\s{0,2}[\w-]{2,63}"
        r"|[\w.+-]{2,64}\sat\s[\w-]{2,63}\s(?:dot|punkt)\s[a-z]{2,10}\b", _I,
    ),
    _p("mention", Private.MENTION, r"<(?:@[!&]?|#)\d{1,25}>|@(?:everyone|here)\b"),
    _p("handle", Private.MENTION, r"(?<![\w.@/])@[a-z0-9_](?:[\w.]{0,30}\w)?(?![\w/@])", _I),
    _p("old handle", Private.MENTION, r"(?<![\w#])[^\W\d][\w.]{1,31}#\d{4}(?!\w)"),
    _p(
        "hardware address", Private.NETWORK,
        r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", _I,
    ),
    _p("address of IPv4", Private.NETWORK,
       r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)", 0, _is_address),
    _p("address of IPv6", Private.NETWORK,
       r"(?<![\w:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])", _I, _is_address),
    _p(
        "international number", Private.PHONE,
        r"(?<![\w.])(?:\+|00)[1-9](?:[ ()./–-]{0,2}\d){6,14}(?!\w)", 0, _is_phone,
    ),
    _p(
        "national number", Private.PHONE,
        r"(?<![\w.,/-])\(?0[1-9]\d{0,4}\)?[ /–-]{1,3}\d(?:[ /–-]?\d){4,10}(?!\w)", 0, _is_phone,
    ),
    _p(
        "american number", Private.PHONE,
        r"(?<![\w.-])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w-])",
    ),
    _p(
        "named number", Private.PHONE,
        r"\b(?:tel(?:ephone|efon|\.)?|phone(?: number)?|mobile|mobil|cell|handy(?:nummer)?|fax|call"
        r"|text|whatsapp|sms|ring|reach)\b(?:\s(?:me|us|him|her|them))?(?:\s(?:at|on|is|unter))?"
        r"\s{0,2}[:#]?\s{0,2}(?P<it>\(?\d(?:[ ()./-]{0,2}\d){5,14})(?!\w)", _I, _is_phone,
    ),
    _p(
        "street", Private.ADDRESS,
        rf"(?<!\w)\d{{1,5}}[a-z]?,?\s{{1,2}}(?:[\w'.-]{{2,30}}\s){{1,3}}{_STREET}\b"
        rf"{_UNIT}{_CITY}", _I,
    ),
    _p(
        "short street", Private.ADDRESS,
        rf"(?<!\w)\d{{1,5}}[a-zA-Z]?,?\s{{1,2}}(?:(?:{_WORD}|[NSEW])\s){{1,3}}{_WAY}\b\.?"
        rf"(?i:{_UNIT}){_CITY}",
    ),
    _p(
        "German street", Private.ADDRESS,
        r"(?<![\w.-])(?:[^\W\d_][\w.]{1,30}[ -]){0,2}"
        r"[\w.]{0,30}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|damm|ufer|ring)"
        rf"\s{{1,2}}\d{{1,4}}\s?[a-z]?\b{_CITY}", _I,
    ),
    _p(
        "street of the Romance languages", Private.ADDRESS,
        rf"(?<!\w)(?:\d{{1,4}},?\s(?:bis\s)?(?:rue|avenue|boulevard|place|chemin|allée|quai)\s"
        rf"(?:d(?:e|u|es)\s|de\s(?:la|l['’])\s?|l['’])?{_WORD}(?:[\s-]{_WORD}){{0,2}}"
        rf"|(?:calle|avenida|plaza|via|viale|piazza|rua)\s(?:d\w{{0,4}}\s)?{_WORD}"
        rf"(?:\s{_WORD}){{0,2}},?\s(?:n[º°.]?\s?)?\d{{1,4}}){_CITY}", _I,
    ),
    _p("box", Private.ADDRESS, r"\b(?:P\.?\s?O\.?\s?Box|Postfach)\s{1,2}\d[\d ]{0,8}", _I),
    _p(
        "British postcode", Private.ADDRESS,
        r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}(?!\w)",
    ),
    _p(
        "city with its code", Private.ADDRESS,
        rf"(?:{_WORD}\s){{0,2}}{_WORD},\s[A-Z]{{2}}\s\d{{5}}(?:-\d{{4}})?(?!\w)"
        rf"|(?<=,\s)(?:[A-Z]{{1,2}}-)?\d{{5}}\s{_WORD}",
    ),
    _p(
        "place on the map", Private.ADDRESS,
        r"(?<![\w.])-?\d{1,2}\.\d{4,10},\s?-?\d{1,3}\.\d{4,10}(?!\w)",
    ),
    _p(
        "identifier", Private.NUMBER,
        r"(?<!\w)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?!\w)", _I,
    ),
    _p("social security number", Private.NUMBER, r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"),
    _p(
        "number of a case", Private.NUMBER,
        r"\b(?:order|invoice|ticket|case|customer|client|account|booking|tracking|reference|ref"
        r"|parcel|shipment|transaction|payment|passport|licen[cs]e|policy|member(?:ship)?"
        r"|bestell\w{0,9}|rechnung\w{0,9}|kunden\w{0,9}|vorgang\w{0,9}|auftrag\w{0,9}"
        r"|sendung\w{0,9}|ausweis\w{0,9}|kundennummer|steuer\w{0,9})"
        r"(?:[ -](?:number|no|nr|id|code|nummer|reference))?\.?\s{0,2}(?:is|ist)?\s{0,2}[:#]{0,2}"
        r"\s{0,2}(?P<it>#?[A-Z]{0,6}[-_/]?\d[\w/-]{2,40})(?!\w)", _I,
    ),
    _p("numbered thing", Private.NUMBER, r"(?<![\w&])#\d{4,20}(?!\w)"),
    _p(
        "date of birth", Private.NUMBER,
        r"\b(?:born(?: on| in)?|date of birth|birth ?day|dob|geboren(?: am)?|geburts\w{0,6})\b"
        r"[:\s]{1,3}(?:is|ist|am)?\s{0,2}(?P<it>\d{1,4}[-./ ]{1,2}\w{1,9}[-./ ,]{1,2}\d{2,4}"
        r"|[A-Z][a-z]{2,8}\s\d{1,2},?\s\d{4})", _I,
    ),
    _p("long number", Private.NUMBER, r"(?<![\w.])\d{7,30}(?![\w]|\.\d)"),
    _p(
        "title and name", Private.NAME,
        rf"\b(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Herrn?|Frau|Mme|Monsieur|Madame|Señora?|Signora?)\.?\s"
        rf"(?P<it>{_QUIET}{_WORD}(?:\s{_WORD})?)",
    ),
    _p(
        "greeting and name", Private.NAME,
        r"\b(?:[Hh]i|[Hh]ello|[Hh]ey|[Dd]ear|[Hh]allo|[Ll]iebe[rs]?|[Mm]oin|[Ss]ervus|[Bb]onjour"
        r"|[Hh]ola"
        r"|[Cc]iao|[Tt]hanks|[Tt]hank you|[Dd]anke|[Gg]uten (?:Tag|Morgen|Abend)|[Ss]orry)"
        rf",?\s(?P<it>{_QUIET}{_WORD}(?:\s{_WORD})?)(?=\s{{0,2}}[,!.:;\n–-]|\s{{0,2}}\Z)",
    ),
    _p(
        "said name", Private.NAME,
        r"\b(?:[Mm]y name(?: is|['’]s)|[Ii] am called|[Nn]amed|[Ii]ch hei(?:ß|ss)e"
        r"|[Mm]ein Name ist"
        r"|[Jj]e m['’]appelle|[Mm]e llamo|[Ss]igned,?|[Rr]egards,?|[Gg]r(?:ü|ue)(?:ß|ss)e,?"
        r"|[Cc]heers,?"
        rf"|[Nn]ame:|[Cc]ontact:)\s{{1,2}}(?P<it>{_QUIET}{_WORD}(?:\s{_WORD}){{0,2}})",
    ),
)  # fmt: skip
"""In the order in which they are looked for: what an earlier one takes, no later one sees."""
