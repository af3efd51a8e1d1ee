"""Chunks: about 120 tokens below headings, about 200 without, each with its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.knowledge.blocks import markdown_blocks
from ogma.knowledge.chunks import HEADED_TOKENS, PLAIN_TOKENS, Cut, cut
from ogma.knowledge.content import Content
from ogma.knowledge.sentences import estimate_tokens, sentences

SENTENCE = "The server restarts every night at four and takes about a minute. "


def markdown(text: str, title: str | None = None) -> Cut:
    return cut(Content(text, markdown=True, title=title), "fallback")


def test_every_chunk_knows_the_headings_above_it() -> None:
    found = markdown(
        "# Guide\n\nHello.\n\n## Setup\n\nFirst.\n\n### On `Linux`\n\nSecond.\n\n## Use\n\nThird.\n"
    )
    assert found.title == "Guide"
    assert [(chunk.heading, chunk.text) for chunk in found.chunks] == [
        ("", "Hello."),
        ("Setup", "First."),
        ("Setup > On Linux", "Second."),
        ("Use", "Third."),
    ]
    assert found.chunks[2].context(found.title) == "Guide > Setup > On Linux"


def test_a_stated_title_keeps_the_first_heading_in_the_path() -> None:
    found = markdown("# Prices\n\nTen euros.\n", title="Plans")
    assert (found.title, found.chunks[0].heading) == ("Plans", "Prices")


def test_a_text_without_headings_takes_the_fallback_as_its_title() -> None:
    assert cut(Content("Hello.", markdown=False), "notes").title == "notes"


def test_a_first_heading_below_others_is_not_the_title() -> None:
    assert markdown("### Small\n\nx\n\n# Big\n\ny\n").title == "fallback"


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("# T\n\n## S\n\n" + SENTENCE * 60, HEADED_TOKENS),
        ("# T\n\n" + SENTENCE * 60, HEADED_TOKENS),
        (SENTENCE * 60, PLAIN_TOKENS),
    ],
)
def test_long_texts_are_cut_between_sentences_to_like_sizes(text: str, target: int) -> None:
    found = markdown(text)
    sizes = [estimate_tokens(chunk.text) for chunk in found.chunks]
    assert len(sizes) > 3
    assert all(0.7 * target < size < 1.3 * target for size in sizes), sizes
    assert all(chunk.text.endswith("minute.") for chunk in found.chunks)


@pytest.mark.parametrize("count", [60, 400])
def test_a_table_is_cut_between_rows_and_every_piece_has_the_header(count: int) -> None:
    rows = "".join(f"| plan {n} | {n} GB of memory | {n} euros a month |\n" for n in range(count))
    found = markdown(f"# Plans\n\n## All\n\n| Plan | Memory | Price |\n|---|---|---|\n{rows}")
    assert len(found.chunks) > 4
    for chunk in found.chunks:
        header, rule, *body = chunk.text.split("\n")
        assert (header, rule) == ("| Plan | Memory | Price |", "|---|---|---|")
        assert body and all(re.fullmatch(r"\| plan \d+ \|.*\|", row) for row in body)
    told = [row for chunk in found.chunks for row in chunk.text.split("\n")[2:]]
    assert told == rows.strip().split("\n")


def test_code_is_never_cut() -> None:
    code = "```sh\n" + "\n\n".join(f"echo {n}. And then?  # line" for n in range(60)) + "\n```"
    found = markdown(f"# Run\n\n## How\n\nType this:\n\n{code}\n\nDone.\n")
    assert sum("echo" in chunk.text for chunk in found.chunks) == 1
    assert f"Type this:\n\n{code}" in found.chunks[0].text


def test_enormous_code_is_cut_between_lines_and_stays_fenced() -> None:
    lines = [f"value_{n} = compute({n}, 'x')" for n in range(1000)]
    found = markdown("# Run\n\n```python\n" + "\n".join(lines) + "\n```\n")
    assert len(found.chunks) > 5
    told = []
    for chunk in found.chunks:
        first, *body, last = chunk.text.split("\n")
        assert (first, last) == ("```python", "```")
        told += body
    assert told == lines


def test_a_line_that_introduces_a_list_stays_with_it() -> None:
    items = "\n".join(f"- {SENTENCE}" for _ in range(12))
    found = markdown(f"# T\n\n## S\n\n{SENTENCE * 6}\n\nYou need all of these:\n\n{items}\n")
    (chunk,) = [chunk for chunk in found.chunks if "all of these:" in chunk.text]
    assert "- The server" in chunk.text.partition("all of these:")[2]


def test_headings_without_text_are_not_lost() -> None:
    found = markdown("# T\n\n## Is it free? Yes.\n\n## Next\n\nText.\n\n# Last word\n")
    assert [chunk.text for chunk in found.chunks] == ["Is it free? Yes.", "Text.", "Last word"]


def test_link_targets_are_not_lost() -> None:
    found = markdown("# T\n\nSee [the shop].\n\n[the shop]: https://shop.example/\n")
    assert "https://shop.example/" in found.chunks[0].text


def test_abbreviations_end_no_sentence() -> None:
    text = "Ask e.g. Sam or Dr. Who about it. No. 5 is alive! Is it? „Ja.“ So be it."
    assert [sentence for sentence, _ in sentences(text, 100)] == [
        "Ask e.g. Sam or Dr. Who about it.",
        "No. 5 is alive!",
        "Is it?",
        "„Ja.“",
        "So be it.",
    ]


def test_texts_without_ends_are_cut_between_words() -> None:
    pieces = [piece for piece, _ in sentences("word " * 1000, 100)]
    assert len(pieces) == 10
    assert set(" ".join(pieces).split()) == {"word"}


def test_languages_without_spaces_are_cut_too() -> None:
    found = cut(Content("サーバーは毎晩四時に再起動します。" * 80, markdown=False), "t")
    assert len(found.chunks) > 3
    assert all(chunk.text.endswith("。") for chunk in found.chunks)


PIECES = st.lists(
    st.sampled_from(
        (
            *("# A", "## B", "text. More text.", "- item\n- other", "    indented", "> quote"),
            *("| a | b |\n|---|---|\n| 1 | 2 |", "```\ncode\n```", "***", "<div>x</div>"),
            *("1. one\n   - two", "[ref]: http://x.example"),
        )
    ),
    max_size=12,
)


@given(PIECES)
def test_no_word_is_lost(pieces: list[str]) -> None:
    """Every word of the source is in a passage, a heading path, or the title."""
    text = "\n\n".join(pieces)
    found = markdown(text)
    told = " ".join(f"{found.title} {chunk.heading} {chunk.text}" for chunk in found.chunks)
    assert set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", told))


@given(st.text(max_size=300), st.booleans())
def test_any_text_can_be_cut(text: str, as_markdown: bool) -> None:
    found = cut(Content(text, markdown=as_markdown), "fallback")
    assert found.chunks
    if text.strip() and not as_markdown:
        told = "".join(chunk.text for chunk in found.chunks)
        assert re.sub(r"\s", "", told) == re.sub(r"\s", "", text)


def test_deep_nesting_is_cut_in_time() -> None:
    assert markdown_blocks("> " * 5000 + "deep\n\n" + "- " * 2000 + "x\n")
