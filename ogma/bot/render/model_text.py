"""The one renderer for what a model wrote or a passage says (A4; injection and exfiltration).

It keeps the Markdown, and takes out every live mention and every address that the cited passages
do not have. That such an address never gets this far is the checks' business; this is the last
door. Code is treated as if Discord might not see it as code.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from ogma.bot.render.escape import clean
from ogma.bot.render.limits import ELLIPSIS, length, prefix

_CUT_ROOM: Final = 12
"""What a cut text needs for the ellipsis, a closing fence, and the brackets of an address."""

GONE: Final = "…"
"""Stands where an address has been taken out."""

_PASSES: Final = 12

_MENTIONS: Final = (
    (re.compile(r"<(?:@[!&]?|#)[0-9]+>|<t:-?[0-9]+(?::[A-Za-z])?>"), ""),
    (re.compile(r"<id:[a-z-]+(?::[0-9]+)?>|<sound:[0-9]+:[0-9]+>"), ""),
    (re.compile(r"<(/[^:<>]{1,100}):[0-9]+>"), r"\1"),
    (re.compile(r"<a?(:\w{1,64}:)[0-9]+>"), r"\1"),
    (re.compile(r"(?<!\w)@(?=(?:everyone|here)\b)", re.ASCII), ""),
)

_REST: Final = r"[^\s<>\"`\[\]()]*(?:\([^\s<>\"`\[\]()]*\)[^\s<>\"`\[\]()]*)*"
_WEB: Final = rf"https?://{_REST}"
_MASKED_WEB: Final = re.compile(
    rf"!?\[(?P<words>[^\[\]]*)\]\(\s*<?(?P<url>{_WEB})>?(?:\s+\"[^\"]*\")?\s*\)", re.IGNORECASE
)
_MASKED: Final = re.compile(rf"!?\[([^\[\]]*)\]\(\s*<?{_REST}>?\s*\)")
_FORBIDDEN: Final = re.compile(
    rf"<?(?:(?:https?://)?(?:www\.)?(?:discord\.gg|discord(?:app)?\.com/invite)/{_REST}"
    r"|\b(?:javascript|vbscript):[^\s<>]+|\bdata:\w+/[^\s<>]*|(?:discord|steam)://[^\s<>]*)>?",
    re.IGNORECASE,
)
_ANGLE: Final = re.compile(
    r"<((?:mailto|tel|sms):[^\s<>]*|[^\s<>:/]+@[^\s<>:/]+|\+[0-9][0-9 ()./-]*)>"
    r"|<([^\s:<>]+:/[^ <>]*)>",
    re.IGNORECASE,
)
"""In these brackets Discord links any scheme, mail addresses and telephone numbers too."""
_ESCAPED: Final = re.compile(r"\\+(?=<https?://)", re.IGNORECASE)
"""Before a bracket that keeps an address apart from what follows it."""
_JOINT: Final = re.compile(r"\](?=\(\s*<?(?:[a-z][a-z0-9+.-]*:/|mailto:|tel:))", re.IGNORECASE)
"""Where the words of a masked link meet its address."""
_HOST: Final = re.compile(
    r"<https?://[^\s<>]*>|(https?://[^\s<>\"`\[\]()/]+)(?=[>\"`\[\]()][^\s<]*[.@]\w)",
    re.IGNORECASE,
)
"""An address in code without a path, and after it what could make it one of another host."""
_ADDRESS: Final = re.compile(rf"<(?P<angle>{_WEB})>|(?P<bare>{_WEB})", re.IGNORECASE)
_CODE: Final = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s)|[。！？\n]")
_WORD_END: Final = re.compile(r"\s")
_LAST_ADDRESS: Final = re.compile(r"<?https?:[^\s<>]*\Z", re.IGNORECASE)
_TRAILING: Final = ".,;:!?'*_~|"


def links_in(*texts: str) -> frozenset[str]:
    """The web addresses in Markdown texts, to be allowed in an answer that cites them."""
    found = (match[0] for text in texts for match in re.finditer(_WEB, text, re.IGNORECASE))
    return frozenset(url.rstrip(_TRAILING) for url in found)


def safe(text: str, links: Collection[str] = ()) -> str:
    """The text with nothing live in it but addresses of `links`; twice is the same as once."""
    allowed = frozenset(link.rstrip("/") for link in links)
    for _ in range(_PASSES):
        changed = _one_pass(text, allowed)
        if changed == text:
            return text
        text = changed
    # What still unfolds was folded on purpose: no character of a link or mention stays.
    return clean(re.sub(r"[<>\[\]@/:]", "", text)).strip()


def shortened(text: str, limit: int, links: Collection[str] = ()) -> str:
    """Safe text of at most `limit` units, cut after a sentence or a line where one is near.

    A code block that is left open is closed.
    """
    text = safe(prefix(text, limit * 2), links)
    whole = _closed(text)
    if length(whole) <= limit:
        return whole
    head = _cut(prefix(text, limit - _CUT_ROOM))
    return safe(_closed(f"{head.rstrip()} {ELLIPSIS}"), links)


def _closed(text: str) -> str:
    return f"{text}\n```" if text.count("```") % 2 else text


def _cut(head: str) -> str:
    """Back to the last sentence or word of its second half, or to before a broken address."""
    for end in (_SENTENCE_END, _WORD_END):
        ends = [match.end() for match in end.finditer(head, len(head) // 2)]
        if ends:
            return head[: ends[-1]]
    return _LAST_ADDRESS.sub("", head)


def _one_pass(text: str, allowed: frozenset[str]) -> str:
    text = clean(text).strip()
    for pattern, replacement in _MENTIONS:
        text = pattern.sub(replacement, text)
    text = _MASKED_WEB.sub(lambda found: _unmasked(found["words"], found["url"], allowed), text)
    parts = _CODE.split(text)
    for index, part in enumerate(parts):
        is_code = index % 2 == 1
        parts[index] = _code(part, allowed) if is_code else _prose(part, allowed)
    text = _FORBIDDEN.sub(GONE, "".join(parts))
    return _HOST.sub(lambda found: f"{found[1]} " if found[1] else found[0], text)


def _unmasked(words: str, url: str, allowed: frozenset[str]) -> str:
    """A link shows where it leads."""
    words = words.strip()
    if url.rstrip("/") not in allowed:
        return words
    shown = _shown(url)
    return shown if words.rstrip("/") in (url.rstrip("/"), "") else f"{words} {shown}"


def _prose(text: str, allowed: frozenset[str]) -> str:
    text = _opened(_MASKED.sub(r"\1", text))
    text = _ADDRESS.sub(lambda found: _address(found, allowed), text)
    return text.replace("](", "] (")


def _opened(text: str) -> str:
    """Without angle brackets that make a link of anything but one whole address of the web."""

    def kept(found: re.Match[str]) -> str:
        web = found[2] and re.fullmatch(r"https?://\S*", found[2], re.IGNORECASE)
        return found[0] if web else found[1] or GONE

    return _ANGLE.sub(kept, _ESCAPED.sub("", text))


def _address(found: re.Match[str], allowed: frozenset[str]) -> str:
    url, tail = _trimmed(found["angle"] or found["bare"])
    if found["angle"]:
        tail = ""
    return (_shown(url) if url.rstrip("/") in allowed else GONE) + tail


def _code(text: str, allowed: frozenset[str]) -> str:
    """Addresses in code stay as they are, so that commands work, or go."""

    def kept(found: re.Match[str]) -> str:
        url, tail = _trimmed(found[0])
        return url + tail if url.rstrip("/") in allowed else GONE + tail

    text = _JOINT.sub("] ", _opened(text))
    return re.sub(_WEB, kept, text, flags=re.IGNORECASE)


def _trimmed(url: str) -> tuple[str, str]:
    """An address and the punctuation after it."""
    bare = url.rstrip(_TRAILING)
    return bare, url[len(bare) :]


def _shown(url: str) -> str:
    """In angle brackets, so without a preview; one that may deceive is no link but its words."""
    return f"<{url}>" if _ordinary(url) else url.partition("://")[2]


def _ordinary(url: str) -> bool:
    """A name in plain letters: no number for an address, no punycode, no user name before it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None or not host.isascii() or "xn--" in host or "." not in host:
        return False
    try:
        ip_address(host)
    except ValueError:
        return not host.replace(".", "").isdigit()
    return False
