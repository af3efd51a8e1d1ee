"""O1, issue 5: a custom_id carries an action and a row id, at most 100 characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.bot.custom_ids import NAMED_ROWS, Action, CustomId, decode, encode

slugs = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True)
numbers = st.integers(1, 10**18 - 1)


@given(st.sampled_from(Action), slugs, numbers)
def test_what_is_encoded_is_decoded(action: Action, slug: str, number: int) -> None:
    row = slug if action in NAMED_ROWS else number
    custom_id = encode(action, row)
    assert decode(custom_id) == CustomId(action, str(row))
    assert len(custom_id) <= 100


def test_the_row_is_a_number_where_it_is_one() -> None:
    decoded = decode("ogma:claim:42")
    assert decoded is not None
    assert (decoded.action, decoded.row_id) == (Action.CLAIM, 42)


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "ogma",
        "ogma:claim",
        "ogma:claim:",
        "ogma:claim:x",
        "ogma:claim:0",
        "ogma:claim:-1",
        "ogma:claim:042",
        "ogma:claim:1 ",
        "ogma:claim:1\n",
        "ogma:claim:١",
        "ogma:claim:" + "9" * 19,
        "ogma:delete_server:1",
        "ogma:claim:1:2",
        "Ogma:claim:1",
        "other:claim:1",
        "ogma:open:Ärger",
        "ogma:open:" + "a" * 33,
    ],
)
def test_foreign_and_broken_ones_are_none(foreign: str) -> None:
    assert decode(foreign) is None


@given(st.text(max_size=120))
def test_decoding_never_raises(text: str) -> None:
    decoded = decode(text)
    assert decoded is None or encode(decoded.action, decoded.row) == text


@pytest.mark.parametrize("row", ["x", 0, -3, "", 10**18])
def test_a_row_that_could_not_come_back_is_refused(row: int | str) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        encode(Action.CLAIM, row)
