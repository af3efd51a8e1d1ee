"""P41: the address rule."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.net.addresses import refusal

PUBLIC = ["93.184.216.34", "1.1.1.1", "9.9.9.9", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]
CLOSED = {
    "0.0.0.0": "unspecified",
    "10.1.2.3": "private",
    "100.64.0.1": "private",
    "100.100.100.200": "metadata",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "metadata",
    "169.254.1.1": "link-local",
    "169.254.169.254": "metadata",
    "169.254.170.2": "metadata",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "metadata",
    "192.0.0.1": "reserved",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4",
    "192.168.0.1": "private",
    "198.18.0.1": "benchmarks",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::127.0.0.1": "compatible",
    "::ffff:127.0.0.1": "mapped",
    "::ffff:93.184.216.34": "mapped",
    "64:ff9b::7f00:1": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "100::1": "reserved",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "Teredo",
    "2001:2::1": "reserved",
    "2001:10::1": "reserved",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "6to4",
    "2606:4700::5efe:127.0.0.1": "ISATAP",
    "2606:4700::200:5efe:10.0.0.1": "ISATAP",
    "3fff::1": "documentation",
    "4000::1": "reserved",
    "fc00::1": "private",
    "fd00:ec2::254": "metadata",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "2606:4700:4700::1111%eth0": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "not an address": "not an IP address",
    "127.1": "not an IP address",
    "0177.0.0.1": "not an IP address",
    "2130706433": "not an IP address",
}
OPENED_BY_THE_OWNER = {"private", "loopback"}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(("address", "kind"), CLOSED.items())
def test_all_others_are_closed(address: str, kind: str) -> None:
    """P41: each kind by its name, also those that `ipaddress` takes for global."""
    reason = refusal(address)
    assert reason is not None
    assert kind in reason


@pytest.mark.parametrize(("address", "kind"), CLOSED.items())
def test_an_owners_host_may_be_private_or_loopback_and_no_more(address: str, kind: str) -> None:
    opened = refusal(address, internal=True) is None
    assert opened == (kind in OPENED_BY_THE_OWNER)


@given(st.ip_addresses())
def test_what_is_open_is_global_by_every_measure(address: IPv4Address | IPv6Address) -> None:
    """The rule is at least as strict as the standard library's, for any address at all."""
    if refusal(address) is not None:
        return
    assert address.is_global
    closed = (
        address.is_private,
        address.is_multicast,
        address.is_loopback,
        address.is_link_local,
        address.is_unspecified,
        address.is_reserved,
    )
    assert not any(closed)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_hides_in_an_ipv6_one(address: IPv4Address) -> None:
    """Mapped, compatible, NAT64, 6to4 and Teredo forms are closed whatever they hold."""
    inside = int(address)
    forms = (
        IPv6Address(inside),
        IPv6Address(0xFFFF << 32 | inside),
        IPv6Address(0x64FF9B << 96 | inside),
        IPv6Address(0x2002 << 112 | inside << 80),
        IPv6Address(0x20010000 << 96 | inside ^ 0xFFFFFFFF),
        IPv6Address(0x26064700 << 96 | 0x5EFE << 32 | inside),
    )
    assert all(refusal(form) is not None for form in forms)
    assert refusal(str(address)) == refusal(address)
