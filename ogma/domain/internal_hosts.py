"""Hosts that an owner opens to requests by name: `wiki.internal`, `wiki.internal:8080`."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

_ENTRY: Final = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<host>[a-z0-9_.-]+))(?::(?P<port>\d+))?")
_NAME: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z][a-z0-9_-]{0,62}")


def parse(entry: str) -> tuple[str, int | None]:
    """The host (a name, or an address in its usual spelling) and the port if one is named.

    Raises ValueError for what is neither, also for odd spellings of an address.
    """
    found = _ENTRY.fullmatch(entry.strip().lower())
    if found is None:
        raise ValueError(f"{entry!r} is not a host")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"{entry!r} has a port that does not exist")
    if found["v6"]:
        return str(ip_address(found["v6"])), port
    if not _NAME.fullmatch(found["host"]):
        return str(ip_address(found["host"])), port
    return found["host"], port
