"""Where a URL leads: scheme, host and port, or the reason why it is not followed.

Only plain spellings pass. What one parser reads as a name and another as an address (`127.1`,
`0x7f000001`, `①②⑦.⓪.⓪.①`, `http://good.example\\@bad.example/`) is refused before it is looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from ogma.errors import OgmaError

PORTS: Final = {"http": 80, "https": 443}
LONGEST_URL: Final = 4_000

_ODD: Final = re.compile(r"[\x00-\x20\x7f\\]")
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_LONGEST_NAME: Final = 253


class Refused(OgmaError):
    """A request was not made because of where it would have gone; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """The other end of a connection."""

    scheme: str
    host: str
    """In ASCII and lower case, without a dot at the end; an IPv6 address without brackets."""
    port: int

    @property
    def literal(self) -> bool:
        """Whether the host is an address rather than a name."""
        return _is_address(self.host)


def place_of(url: str) -> Place:
    """Where an absolute http or https URL leads; raises Refused for any other and for odd ones."""
    shown = url if len(url) <= 200 else f"{url[:200]}..."
    if len(url) > LONGEST_URL:
        raise Refused(f"{shown} is longer than {LONGEST_URL} characters.")
    if _ODD.search(url):
        raise Refused(f"{shown!r} has a space, a control character or a backslash in it.")
    try:
        split = urlsplit(url)
        parsed = httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise Refused(f"{shown} is not a valid URL.") from error
    if split.scheme not in PORTS:
        raise Refused(f"{shown} is not followed; only http and https URLs are.")
    if "@" in split.netloc or parsed.userinfo:
        raise Refused(f"{shown} has a user name in it; a URL must not carry credentials.")
    port = PORTS[split.scheme] if parsed.port is None else parsed.port
    if not 0 < port < 65536:
        raise Refused(f"{shown} has a port that does not exist.")
    return Place(split.scheme, _host(split, parsed, shown), port)


def _host(split: SplitResult, parsed: httpx.URL, shown: str) -> str:
    """The one host that every parser agrees on."""
    host = parsed.raw_host.decode("ascii").lower()
    if host.endswith(".") and len(host) > 1:
        host = host[:-1]
    if not host or "%" in split.netloc:
        raise Refused(f"{shown} has no plain host name.")
    if _is_address(host) and split.netloc.isascii():
        return str(ip_address(host))
    last = host.rpartition(".")[2]
    if len(host) > _LONGEST_NAME or not _NAME.fullmatch(host) or _NUMBER.fullmatch(last):
        raise Refused(f"{shown} has an odd host; write a plain name, or an address as 192.0.2.1.")
    return host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
