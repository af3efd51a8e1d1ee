"""Which addresses in a text Discord or a reader may follow, and taking the foreign ones out."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from ogma.answering.invisible import visible

_RUN: Final = re.compile(
    r"(?P<open><)?(?P<url>(?:[a-z][a-z0-9+.-]{0,30}://|www\.|(?:javascript|vbscript|file|mailto"
    r"|tel|sms|discord|steam)\s*:(?=\S)|data:(?=[a-z]+/|[;,]))[^\s<>]*)(?P<close>>)?",
    re.IGNORECASE,
)
"""Everything that starts like an address, to the next white space or angle bracket."""
_INVITE: Final = re.compile(
    r"(?:[\w-]+\.)*(?:discord(?:app)?\.(?:gg|com/+invite|me|io|li|link)|dsc\.gg|invite\.gg"
    r"|discord\.new)\b(?:/[^\s<>]*)?",
    re.IGNORECASE,
)
_NOT_AT_THE_END: Final = ".,;:!?*_~'\"`”’»|]}"
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_IP: Final = re.compile(r"\[.*\]|[\d.]+|0x[0-9a-f]+|\d+(?:\.(?:0x)?[0-9a-f]+){1,3}", re.IGNORECASE)


def find_links(text: str) -> list[str]:
    """The addresses in a text, without the punctuation that ends their sentences."""
    found = (_trimmed(match.group("url"))[0] for match in _RUN.finditer(text))
    return [url for url in found if url.lower().startswith(("http://", "https://"))]


def comparable(url: str) -> str:
    """The address with scheme and host in lower case; everything else is kept as it is."""
    bare = url.strip()
    match = re.match(r"[a-z][a-z0-9+.-]*://[^/?#]*", bare, re.IGNORECASE)
    return match.group().lower() + bare[match.end() :] if match else bare


def allowed(url: str, urls: frozenset[str] | set[str]) -> bool:
    """Whether the address is one of `urls` (comparable ones) and of a kind that is ever shown.

    Invitations, bare IP addresses, look-alike hosts and addresses with a user name never are.
    """
    if comparable(url) not in urls or _INVITE.search(url):
        return False
    if visible(url) != url or re.search(r"[\s<>]", url) or _trimmed(url)[1]:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme.lower() not in ("http", "https") or parts.username is not None:
        return False
    return bool(_HOST.fullmatch(host)) and "xn--" not in host and not _IP.fullmatch(host)


def without_foreign(text: str, urls: frozenset[str], *, wrap: bool) -> str:
    """The text without addresses that are not allowed; `wrap` puts the others into <>."""

    def shown(match: re.Match[str]) -> str:
        url, rest = _trimmed(match.group("url"))
        if not allowed(url, urls):
            return rest
        if wrap:
            return f"<{url}>{rest}"
        return f"{match.group('open') or ''}{url}{rest}{match.group('close') or ''}"

    return _INVITE.sub("", _RUN.sub(shown, text))


def _trimmed(run: str) -> tuple[str, str]:
    """The address, and the punctuation after it that belongs to its sentence."""
    url = run
    while url:
        if url[-1] in _NOT_AT_THE_END or (url[-1] == ")" and url.count(")") > url.count("(")):
            url = url[:-1]
        else:
            break
    return url, run[len(url) :]
