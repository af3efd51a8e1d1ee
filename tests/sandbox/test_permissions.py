"""Permission bits: names, numbers and what follows from lacking the basic two."""

from __future__ import annotations

import disnake
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.sandbox.permissions import BITS, INVITE, bits, names, parse, with_implied_denials

ANY = st.integers(min_value=0, max_value=(1 << 53) - 1)


def test_the_invite_integer_is_the_documented_one() -> None:
    """View, send, embed, attach, history, Manage Channels, Manage Roles; and Pin Messages."""
    assert INVITE == 268553232 | 1 << 51


@pytest.mark.parametrize("name", BITS)
def test_every_bit_is_the_one_that_disnake_knows(name: str) -> None:
    assert getattr(disnake.Permissions, name).flag == BITS[name]


@given(ANY)
def test_who_may_not_view_may_nothing(granted: int) -> None:
    without = granted & ~bits("view_channel", "administrator")
    assert with_implied_denials(without) == 0


@given(ANY)
def test_who_may_not_send_loses_what_needs_sending(granted: int) -> None:
    reader = (granted | BITS["view_channel"]) & ~bits("send_messages", "administrator")
    lost = bits("mention_everyone", "send_tts_messages", "attach_files", "embed_links")
    assert with_implied_denials(reader) == reader & ~lost


@given(ANY)
def test_nothing_is_ever_added(granted: int) -> None:
    assert with_implied_denials(granted) & ~granted == 0


def test_administrators_lose_nothing() -> None:
    assert with_implied_denials(BITS["administrator"]) == BITS["administrator"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (1024, 1024),
        ("1024", 1024),
        ("view_channel", 1024),
        (["view_channel", "SEND_MESSAGES"], 3072),
        (None, 0),
        ([], 0),
    ],
)
def test_permissions_are_written_as_numbers_or_names(written: object, value: int) -> None:
    assert parse(written) == value


@pytest.mark.parametrize("written", ["fly", ["view_channel", "fly"], {"view_channel": True}, True])
def test_what_is_no_permission_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="permission"):
        parse(written)


def test_names_are_listed_in_discords_order() -> None:
    assert names(bits("pin_messages", "view_channel")) == ["view_channel", "pin_messages"]
