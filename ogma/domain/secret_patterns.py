"""What nobody should have pasted anywhere, as named patterns (D4).

They run over every message of a ticket, so they must leave alone what people have to write there:
order and tracking numbers, hashes, UUIDs, product codes, ids, error codes. A pattern here names its
secret (a known prefix, a word before it), or proves it (a check digit, a case mix no code has).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from ogma.domain.patterns import Private, pattern

_ISSUED: Final = re.compile(
    r"4\d{12}(?:\d{3}(?:\d{3})?)?"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"
)
"""Beginnings and lengths of the card numbers that are issued: other long numbers pass Luhn too."""

_WORDS_AFTER: Final = """
a an and are as at be but by can cannot change changed code correct denied did do does doesn't
doesnt empty error expired failed false field for forgot forgotten from has have help how i if in
incorrect invalid is isn't it its length link lost manager missing must my no none not null of
off on optional or page please policy problem protected recovery required requirements reset rules
same set settings should some str string text that the they this to too true undefined unknown very
was we what when where which why will with wrong you your
aber ändern bei bitte das dass dein den der die ein eine es falsch fehlt für geht geändert habe hat
ich im in ist kann kein keine mein meine mit nicht nie oder ohne sich und ungültig vergessen von
wann warum was welche wer wie wird wo zu zum zur zurücksetzen
"""
_NO_SECRETS: Final = frozenset(_WORDS_AFTER.split())
"""What follows 'password:' in ordinary sentences, forms and programs."""
_PLACEHOLDER: Final = re.compile(
    r"[<${\[(%].*|(?:x+|\*+|\.+|_+|-+|•+|…+)|(?:your|my|dein|mein)[_-].*"
    r"|(?:os\.|process\.|env\.|getenv).*|(?:pass(?:word|wort)|secret|token|key|string)",
    re.IGNORECASE,
)
_I: Final = re.IGNORECASE


def luhn(text: str) -> bool:
    """Whether the digits pass the check of card numbers, and are issued like that."""
    digits = [int(digit) for digit in re.findall(r"\d", text)]
    written = "".join(map(str, digits))
    if not _ISSUED.fullmatch(written) or (len(written) == 13 and _is_article(digits)):
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _is_article(digits: list[int]) -> bool:
    """Whether thirteen digits are an article's number (EAN-13)."""
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def iban(text: str) -> bool:
    """Whether this is an account number with the right check digits (ISO 13616)."""
    bare = re.sub(r"[ _-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", bare):
        return False
    return int("".join(str(int(char, 36)) for char in bare[4:] + bare[:4])) % 97 == 1


def no_word(text: str) -> bool:
    """Whether this may be a secret: neither a placeholder nor a word of an ordinary sentence."""
    bare = text.strip(".,;:!?\"'`*_")
    return not (bare.casefold() in _NO_SECRETS or _PLACEHOLDER.fullmatch(text))


def _coded(text: str) -> bool:
    """What may be a secret and is no plain word: it has a digit or a sign in it."""
    return no_word(text) and bool(re.search(r"[\d!$%&#@^+=]", text))


def changes(text: str) -> int:
    """How often a text goes from digits to something else and back."""
    return sum(one.isdigit() != other.isdigit() for one, other in pairwise(text))


def _random(text: str) -> bool:
    """Capitals, small letters and digits mixed as in no name, hash or numbered code."""
    mixed = all(re.search(one, text) for one in ("[A-Z]", "[a-z]", "[0-9]"))
    named = re.search(r"[a-z]{6}|[A-Z]{6}|^[a-z]{2,8}_", text)
    return mixed and changes(text) >= 4 and not named


_NAMED: Final = (
    r"pass(?:word|wort|code|phrase|wd)|kennwort|pwd|mot de passe|contraseña|geheimnis|senha|hasło"
    r"|wachtwoord|пароль|密码|密碼|パスワード"
    r"|(?:api|access|secret|private|client|auth|license|licen[cs]e)[ _-]?key|lizenzschlüssel"
    r"|client[ _-]secret|(?:auth|access|bot|api|refresh|session|bearer)[ _-]?token"
    r"|(?:verification|security|confirmation|backup|recovery|login|sms|2fa|otp)[ -]code"
    r"|bestätigungscode|sicherheitscode"
)
_SHORT: Final = r"pass|pw|pin|otp|secret|token|cvv2?|cvc2?"
_GIVES: Final = (
    r"[\"'`*_]{0,3}\s{0,3}(?:is|ist|lautet)?\s{0,3}(?::|：|=|->)\s{0,3}[\"'`*_]{0,3}\s{0,3}"
)
_START: Final = r"(?<![^\W_])"
"""A name begins here, or behind an underscore: DB_PASSWORD, AWS_SECRET_ACCESS_KEY."""

SECRET_PATTERNS: Final = (
    pattern(
        "private key", Private.KEY,
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]{0,8000}?"
        r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)",
    ),
    pattern(
        "login in an address", Private.PASSWORD,
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/@:<>]{0,100}:[^\s/@<>]{1,200}@[^\s<>]{1,300}", _I,
    ),
    pattern(
        "webhook", Private.KEY,
        r"https?://(?:(?:\w{1,20}\.)?discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{1,25}"
        r"/[\w-]{8,100}|hooks\.slack\.com/[\w/-]{10,200})", _I,
    ),
    pattern(
        "connection string", Private.KEY,
        r"\b(?:account|shared ?access)key(?:name)?=(?P<it>[\w+/=]{20,200})", _I,
    ),
    pattern(
        "bot token", Private.KEY,
        r"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}(?![\w-])",
    ),
    pattern(
        "key of a known service", Private.KEY,
        r"(?<!\w)(?:gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,64}"
        r"|xox[abposr]-[\w-]{10,250}|(?:sk|pk|rk)_(?:live|test)_\w{8,250}|sk-[\w-]{16,250}"
        r"|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,60}|ya29\.[\w-]{20,500}|npm_\w{20,64}"
        r"|SG\.[\w-]{16,64}\.[\w-]{16,64}|hf_\w{20,64}|dop_v1_\w{20,80}|pypi-[\w-]{40,250}"
        r"|whsec_\w{16,100}|dckr_pat_[\w-]{16,64}|shp(?:at|ca|pa|ss)_\w{24,64}|GOCSPX-[\w-]{16,64}"
        r"|\d{8,10}:AA[\w-]{30,40})(?![\w-])",
    ),
    pattern(
        "web token", Private.KEY,
        r"(?<!\w)eyJ[\w-]{8,4000}\.[\w-]{8,4000}(?:\.[\w-]{0,1000})?",
    ),
    pattern(
        "authorisation", Private.KEY,
        r"\b(?:authori[sz]ation[\"'`]{0,2}\s{0,2}[:=]\s{0,2}[\"'`]{0,2}(?:bearer|basic|bot|token)"
        r"|bearer)\s{1,3}(?P<it>[\w.~+/=-]{12,2000})", _I,
        lambda found: bool(re.search(r"\d|=", found)),
    ),
    pattern(
        "mixed key", Private.KEY,
        r"(?<![\w/.-])[A-Za-z0-9_+=-]{24,512}(?![\w/+=-]|\.\w)", 0, _random,
    ),
    pattern(
        "words of a wallet", Private.KEY,
        r"\b(?:(?:seed|recovery|secret|backup)[ -](?:phrase|words)|mnemonic|seed)\b[\s\"'`:=]{1,4}"
        r"(?:(?:is|are|ist)[\s\"'`:=]{1,4})?(?P<it>[a-z]{3,8}(?:[ \n][a-z]{3,8}){11,23})(?![a-z])",
        _I, lambda found: _NO_SECRETS.isdisjoint(found.casefold().split()),
    ),
    pattern(
        "login of a command", Private.PASSWORD,
        r"\bcurl\s[^\n]{0,200}?(?<!\S)(?:-u|--user)\s{0,2}[\"']?[^\s:\"']{1,100}"
        r":(?P<it>[^\s\"']{3,200})", _I, no_word,
    ),
    pattern(
        "password after a mail address", Private.PASSWORD,
        r"(?<![\w.@])[\w.+-]{1,64}@(?:[a-z0-9-]{1,60}\.){1,4}[a-z]{2,12}[:|]"
        r"(?P<it>[^\s@/]{6,100})(?!\S)", _I,
        lambda found: _coded(found) and bool(re.search(r"[^\W\d]", found)),
    ),
    pattern(
        "password in quotes", Private.PASSWORD,
        rf"{_START}(?:{_NAMED})[\"']?(?:\s{{1,3}}(?:is|was|ist|war|lautet)|\s{{0,3}}(?:[:：=]|->))"
        r"\s{0,3}(?P<quote>[\"'`])(?P<it>[^\"'`\n]{3,200})(?P=quote)", _I,
        lambda found: no_word(found.split(" ")[0]),
    ),
    pattern(
        "password after a colon", Private.PASSWORD,
        rf"{_START}(?:{_NAMED}){_GIVES}(?P<it>[^\s\"'`]{{3,200}})", _I, no_word,
    ),
    pattern(
        "short name and colon", Private.PASSWORD,
        rf"(?<!season )(?<!battle ){_START}(?:{_SHORT}){_GIVES}(?P<it>[^\s\"'`]{{3,200}})", _I,
        _coded,
    ),
    pattern(
        "password in a sentence", Private.PASSWORD,
        rf"\b(?:{_NAMED}|pin|token)"
        r"\s{1,3}(?:(?:(?:is|was|ist|war|lautet|lautete|to|as|auf|:)\s{1,3}){1,2}"
        r"|(?:(?:is|was|now|set|changed|reset)\s{1,3}){1,3}(?:to|as)\s{1,3})[\"'`*]{0,2}"
        r"(?P<it>(?=[^\s\"'`]{0,200}[\d!$%^&_#])[^\s\"'`]{4,200})", _I, _coded,
    ),
    pattern(
        "key after its name", Private.KEY,
        r"\b(?:key|token|secret|schlüssel)\b(?:\s{1,2}[a-z]{2,10}){0,2}[\s:=]{1,4}[\"'`]{0,2}"
        r"(?P<it>[A-Za-z0-9_+/=-]{24,512}|(?:[A-Z0-9]{4,8}-){2,7}[A-Z0-9]{4,8})(?![\w/.-])", _I,
        lambda found: changes(found) >= 3,
    ),
    pattern(
        "code", Private.PASSWORD,
        r"\b(?:cvv2?|cvc2?|otp|pin)(?:[ -](?:code|number|nummer))?\s{1,3}(?P<it>\d{3,8})(?!\w)", _I,
    ),
    pattern(
        "card number", Private.CARD,
        r"(?<![^\W_]|[@&#:.-])\d(?:[ ._-]?\d){12,18}(?![^\W_]|-)", 0, luhn,
    ),
    pattern(
        "account number", Private.BANK,
        r"(?<![^\W_])[A-Z]{2}\d{2}(?:[ _-]?[A-Z0-9]{4}){2,7}(?:[ _-]?[A-Z0-9]{1,3})?(?![^\W_])",
        _I, iban,
    ),
    pattern(
        "bank number after its name", Private.BANK,
        r"\b(?:sort[ -]code|routing(?: (?:no|number))?\.?|blz|bankleitzahl|konto(?:nummer|-?nr\.?)"
        r"|bank account(?: (?:no|number))?\.?|iban)\s{0,3}(?:is|ist|lautet)?\s{0,3}[:#=]?\s{0,3}"
        r"(?P<it>(?:[A-Z]{2}\d{2}[ -]?)?\d(?:[ -]?[A-Z0-9]){4,30})(?!\w)", _I,
        lambda found: len(re.findall(r"\d", found)) >= 6,
    ),
)  # fmt: skip
"""In the order in which they are looked for: what an earlier one takes, no later one sees."""
