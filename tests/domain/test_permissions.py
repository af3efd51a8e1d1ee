"""Permissions: the invite link's integer, and Discord's rule for what a member has."""

from __future__ import annotations

import pytest

from ogma.domain.permissions import (
    ADMINISTRATOR,
    EMBED_LINKS,
    EVERY_BIT,
    INVITE,
    MANAGE_CHANNELS,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    Overwrite,
    in_channel,
    invite_link,
    names,
    of_member,
)

GUILD, STAFF, MUTED, ME = 1, 2, 3, 9


def test_the_link_asks_for_the_least() -> None:
    """S1: exactly eight bits; neither Administrator nor Manage Server nor mentions."""
    assert INVITE == 2251800082238480
    assert len(names(INVITE)) == INVITE.bit_count() == 8
    assert invite_link(77) == (
        "https://discord.com/oauth2/authorize?client_id=77&permissions=2251800082238480"
        "&scope=bot+applications.commands"
    )


@pytest.mark.parametrize(
    ("roles", "overwrites", "expected"),
    [
        ([], [], VIEW_CHANNEL),
        ([], [(GUILD, 0, VIEW_CHANNEL)], 0),
        ([STAFF], [(GUILD, 0, VIEW_CHANNEL), (STAFF, VIEW_CHANNEL, 0)], VIEW_CHANNEL | EMBED_LINKS),
        # All roles' denials come before all roles' allowances, whatever their order.
        ([MUTED, STAFF], [(STAFF, SEND_MESSAGES, 0), (MUTED, 0, SEND_MESSAGES)],
         VIEW_CHANNEL | EMBED_LINKS | SEND_MESSAGES),
        ([STAFF], [(STAFF, SEND_MESSAGES, 0), (ME, 0, SEND_MESSAGES)], VIEW_CHANNEL | EMBED_LINKS),
        ([MUTED], [(MUTED, 0, VIEW_CHANNEL), (ME, VIEW_CHANNEL, 0)], VIEW_CHANNEL),
        # Without seeing the channel nothing is possible in it.
        ([STAFF], [(GUILD, SEND_MESSAGES, VIEW_CHANNEL)], 0),
        ([STAFF], [(77, VIEW_CHANNEL, EMBED_LINKS)], VIEW_CHANNEL | EMBED_LINKS),
    ],
)  # fmt: skip
def test_a_members_permissions_in_a_channel(
    roles: list[int], overwrites: list[tuple[int, int, int]], expected: int
) -> None:
    """S3: everyone, then roles, then the member; a table after Discord's documentation."""
    base = of_member(GUILD, roles, {GUILD: VIEW_CHANNEL, STAFF: EMBED_LINKS, MUTED: 0})
    entries = [Overwrite(target, target != ME, allow, deny) for target, allow, deny in overwrites]
    assert in_channel(base, GUILD, ME, roles, entries) == expected


def test_an_administrator_may_everything() -> None:
    """No overwrite takes it away."""
    base = of_member(GUILD, [STAFF], {GUILD: 0, STAFF: ADMINISTRATOR})
    assert base == EVERY_BIT
    denied = [Overwrite(ME, False, 0, VIEW_CHANNEL | MANAGE_CHANNELS)]
    assert in_channel(base, GUILD, ME, [STAFF], denied) == EVERY_BIT
