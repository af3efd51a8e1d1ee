"""Which IP addresses a request may go to. Pure: no lookup, no socket.

`ipaddress.is_global` is not enough: it calls multicast, a metadata service in 192.0.0.0/24, NAT64
and 6to4 addresses global, and its tables differ between Python releases. So the tables are here,
after the IANA special-purpose registries; of IPv6, only the part in use for the public is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Special:
    """A range that is not public."""

    network: IPv4Network | IPv6Network
    kind: str
    """As the sentence for people goes: 'it is ...'."""
    internal: bool = False
    """Whether an owner may open it by naming a host as internal."""


def _v4(network: str, kind: str, internal: bool = False) -> Special:
    return Special(IPv4Network(network), kind, internal)


def _v6(network: str, kind: str, internal: bool = False) -> Special:
    return Special(IPv6Network(network), kind, internal)


_METADATA: Final = "a cloud's metadata service"

_SPECIAL: Final = (
    # Metadata services first: they lie inside wider ranges, and no owner's list opens them.
    _v4("169.254.169.254/32", _METADATA),
    _v4("169.254.170.0/24", _METADATA),
    _v4("100.100.100.200/32", _METADATA),
    _v4("168.63.129.16/32", _METADATA),
    _v4("192.0.0.192/32", _METADATA),
    _v6("fd00:ec2::/32", _METADATA),
    _v6("fd20:ce::254/128", _METADATA),
    _v4("0.0.0.0/8", "an unspecified address"),
    _v4("10.0.0.0/8", "a private address", internal=True),
    _v4("100.64.0.0/10", "a private address of a provider", internal=True),
    _v4("127.0.0.0/8", "a loopback address", internal=True),
    _v4("169.254.0.0/16", "a link-local address"),
    _v4("172.16.0.0/12", "a private address", internal=True),
    _v4("192.0.0.0/24", "a reserved address"),
    _v4("192.0.2.0/24", "an address for documentation"),
    _v4("192.31.196.0/24", "a reserved address"),
    _v4("192.52.193.0/24", "a reserved address"),
    _v4("192.88.99.0/24", "a 6to4 relay"),
    _v4("192.168.0.0/16", "a private address", internal=True),
    _v4("192.175.48.0/24", "a reserved address"),
    _v4("198.18.0.0/15", "an address for benchmarks"),
    _v4("198.51.100.0/24", "an address for documentation"),
    _v4("203.0.113.0/24", "an address for documentation"),
    _v4("224.0.0.0/4", "a multicast address"),
    _v4("240.0.0.0/4", "a reserved address"),
    _v6("::/128", "an unspecified address"),
    _v6("::1/128", "a loopback address", internal=True),
    _v6("::ffff:0:0/96", "an IPv4-mapped address"),
    _v6("::/96", "an IPv4-compatible address"),
    _v6("64:ff9b::/96", "a NAT64 address"),
    _v6("64:ff9b:1::/48", "a NAT64 address"),
    _v6("2001::/32", "a Teredo address"),
    _v6("2001::/23", "a reserved address"),
    _v6("2001:db8::/32", "an address for documentation"),
    _v6("2002::/16", "a 6to4 address"),
    _v6("2620:4f:8000::/48", "a reserved address"),
    _v6("3ffe::/16", "a reserved address"),
    _v6("3fff::/20", "an address for documentation"),
    _v6("fc00::/7", "a private address", internal=True),
    _v6("fe80::/10", "a link-local address"),
    _v6("fec0::/10", "a site-local address"),
    _v6("ff00::/8", "a multicast address"),
)
_PUBLIC_V6: Final = IPv6Network("2000::/3")
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
"""The middle of an interface id that holds an IPv4 address in its last 32 bits."""


def refusal(address: str | Address, *, internal: bool = False) -> str | None:
    """Why a request may not go to this address, in the words 'it is ...'; None if it may.

    `internal`: the owner has named the host. That opens private and loopback addresses, and
    nothing else: link-local, multicast, metadata and the like are nobody's knowledge base.
    """
    if isinstance(address, str):
        try:
            address = ip_address(address)
        except ValueError:
            return "not an IP address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "a link-local address"
    for special in _SPECIAL:
        if address in special.network:
            return None if internal and special.internal else special.kind
    if isinstance(address, IPv6Address):
        if address not in _PUBLIC_V6:
            return "a reserved address"
        if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
            return "an ISATAP address"
    return None
