"""The model's reply is a draft or a BadReply, whatever it says."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.answering.draft import Draft, parse
from ogma.answering.errors import BadReply

GOOD = {"answerable": True, "sentences": [{"text": "a", "passages": [1], "quotes": ["a"]}]}


@pytest.mark.parametrize("wrapped", ["{}", "```json\n{}\n```", " ```\n{}\n```\n"])
def test_a_draft_may_stand_in_a_fence(wrapped: str) -> None:
    assert parse(wrapped.replace("{}", json.dumps(GOOD))).sentences[0].passages == (1,)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Sure! Here you are.",
        "[]",
        "null",
        json.dumps(GOOD)[:-5],
        json.dumps({"answerable": "yes", "sentences": []}),
        json.dumps({"answerable": True}),
        json.dumps({"answerable": True, "sentences": [{"text": "a", "passages": ["1"]}]}),
        json.dumps({"answerable": True, "sentences": [{"text": 1, "passages": [1], "quotes": []}]}),
        "[" * 100_000,
    ],
)
def test_anything_else_is_a_bad_reply(reply: str) -> None:
    with pytest.raises(BadReply, match="schema"):
        parse(reply)


@given(st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["answerable", "sentences", "text", "passages", "quotes"]), inner
    ),
).map(json.dumps))  # fmt: skip
def test_no_reply_crashes_it(reply: str) -> None:
    with contextlib.suppress(BadReply):
        assert isinstance(parse(reply), Draft)
