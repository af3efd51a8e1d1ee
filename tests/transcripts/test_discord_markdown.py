"""Discord's Markdown, as Discord reads it."""

from __future__ import annotations

import sys

import pytest

from ogma.transcripts.discord_markdown import parse
from ogma.transcripts.tree import (
    Block,
    Code,
    CodeBlock,
    Emoji,
    Heading,
    Inline,
    Item,
    ItemList,
    Label,
    Link,
    Mention,
    Paragraph,
    Quote,
    Style,
    Styled,
    Target,
    Text,
    Timestamp,
)


def line(text: str) -> tuple[Inline, ...]:
    (block,) = parse(text)
    assert isinstance(block, Paragraph)
    return block.children


def bold(*inner: Inline) -> Styled:
    return Styled(Style.BOLD, inner)


def italic(*inner: Inline) -> Styled:
    return Styled(Style.ITALIC, inner)


INLINE: list[tuple[str, tuple[Inline, ...]]] = [
    ("plain", (Text("plain"),)),
    ("**a**", (bold(Text("a")),)),
    ("*a* _b_", (italic(Text("a")), Text(" "), italic(Text("b")))),
    ("***a***", (bold(italic(Text("a"))),)),
    ("*a **b***", (italic(Text("a "), bold(Text("b"))),)),
    ("**a *b***", (bold(Text("a "), italic(Text("b"))),)),
    ("__a__", (Styled(Style.UNDERLINE, (Text("a"),)),)),
    ("~~a~~", (Styled(Style.STRIKE, (Text("a"),)),)),
    ("||a **b**||", (Styled(Style.SPOILER, (Text("a "), bold(Text("b")))),)),
    ("||a\nb||", (Styled(Style.SPOILER, (Text("a\nb"),)),)),
    ("snake_case_name", (Text("snake_case_name"),)),
    ("_a_b_ _a_b", (italic(Text("a_b")), Text(" _a_b"))),
    ("2 * 3 * 4", (Text("2 * 3 * 4"),)),
    ("**open", (Text("**open"),)),
    ("**a *b**", (bold(Text("a *b")),)),
    ("****", (Text("****"),)),
    ("||||", (Text("||||"),)),
    ("a | b ~ c", (Text("a | b ~ c"),)),
    (r"\*a\* \\ \q", (Text(r"*a* \ \q"),)),
    ("`**a**`", (Code("**a**"),)),
    ("``a`b``", (Code("a`b"),)),
    ("`open", (Text("`open"),)),
    ("**a `b** c`", (Text("**a "), Code("b** c"))),
    ("x```py\na\n```y", (Text("x"), CodeBlock("a", "py"), Text("y"))),
    ("x\n```\na\n\n b\n```\ny", (Text("x"), CodeBlock("a\n\n b", ""), Text("y"))),
    ("```one word```", (CodeBlock("one word", ""),)),
    ("<@1> <@!2>", (Mention(Target.USER, "1"), Text(" "), Mention(Target.USER, "2"))),
    ("<@&3><#4>", (Mention(Target.ROLE, "3"), Mention(Target.CHANNEL, "4"))),
    ("<:a:1><a:b:2>", (Emoji("a"), Emoji("b"))),
    ("<t:5> <t:-5:R>", (Timestamp(5, "f", "<t:5>"), Text(" "), Timestamp(-5, "R", "<t:-5:R>"))),
    ("@everyone @here", (Label("@everyone"), Text(" "), Label("@here"))),
    ("</close now:1> <id:guide>", (Label("/close now"), Text(" "), Label("#guide"))),
    ("<@x> <t:> <:>", (Text("<@x> <t:> <:>"),)),
    ("[a](https://b.c)", (Link("https://b.c", (Text("a"),)),)),
    ("[**a**](<https://b.c> 'd')", (Link("https://b.c", (bold(Text("a")),)),)),
    ("[a [b]](https://b.c/(d))", (Link("https://b.c/(d)", (Text("a [b]"),)),)),
    ("[a](ftp://b.c)", (Text("[a](ftp://b.c)"),)),
    ("[a] (https://b.c)", (Text("[a] ("), Link("https://b.c", (Text("https://b.c"),)), Text(")"))),
    ("[](https://b.c)", (Text("[]("), Link("https://b.c", (Text("https://b.c"),)), Text(")"))),
    ("<https://b.c>", (Link("https://b.c", (Text("https://b.c"),)),)),
    ("(https://b.c/x).", (Text("("), Link("https://b.c/x", (Text("https://b.c/x"),)), Text(")."))),
    ("[https://x.y](https://b.c)", (Link("https://b.c", (Text("https://x.y"),)),)),
]


@pytest.mark.parametrize(("text", "nodes"), INLINE)
def test_inside_a_line(text: str, nodes: tuple[Inline, ...]) -> None:
    assert line(text) == nodes


def item(text: str, depth: int = 0, number: int | None = None) -> Item:
    return Item(depth, number, (Text(text),))


def said(text: str) -> Paragraph:
    return Paragraph((Text(text),))


BLOCKS: list[tuple[str, tuple[Block, ...]]] = [
    ("", ()),
    (" \n \n", ()),
    ("a\nb", (said("a\nb"),)),
    (
        "# a\n## b\n### c",
        tuple(Heading(level, (Text(t),)) for level, t in ((1, "a"), (2, "b"), (3, "c"))),
    ),
    ("#a\n#\n#### b", (said("#a\n#\n#### b"),)),
    ("-# small\nx", (Heading(0, (Text("small"),)), said("x"))),
    ("> a\n> b\nc", (Quote((said("a\nb"),)), said("c"))),
    ("> > a", (Quote((said("> a"),)),)),
    (">a", (said(">a"),)),
    (">>> a\nb\n# c", (Quote((said("a\nb"), Heading(1, (Text("c"),)))),)),
    ("- a\n  - b\n* c", (ItemList((item("a"), item("b", 1), item("c"))),)),
    ("3. a\n4. b", (ItemList((item("a", number=3), item("b", number=4))),)),
    ("x\n- a\ny", (said("x"), ItemList((item("a"),)), said("y"))),
    ("-a\n1.b\n-", (said("-a\n1.b\n-"),)),
    ("```\n# a\n> b\n- c\n```", (Paragraph((CodeBlock("# a\n> b\n- c", ""),)),)),
    (
        "- a ```\n- b\n```\n- c",
        (ItemList((Item(0, None, (Text("a "), CodeBlock("- b", ""))), item("c"))),),
    ),
    ("> ```\n> a\n> ```", (Quote((Paragraph((CodeBlock("a", ""),)),)),)),
    ("```\nnever closed\n# a", (said("```\nnever closed"), Heading(1, (Text("a"),)))),
]


@pytest.mark.parametrize(("text", "blocks"), BLOCKS)
def test_blocks(text: str, blocks: tuple[Block, ...]) -> None:
    assert parse(text) == blocks


@pytest.mark.parametrize(
    "piece",
    ["[", "](", "*", "_ ", "**a", "||a", "`", "``a", "```", "<", "<@", "http://a", "[a](", "([",
     "> ", "- ", "\\", "***", "<https://a", "~~a**", "# ", "\n> ```\n", "[a](b ", "\n1. ```"],
)  # fmt: skip
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    """Counted in calls, not in time: twice the text takes at most about twice the steps."""
    assert steps(piece * 1200) <= 2.2 * steps(piece * 600) + 2000


def steps(text: str) -> int:
    """How many function calls and lines of Python the parser takes."""
    count = 0

    def trace(*_: object) -> object:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        parse(text)
    finally:
        sys.settrace(before)
    return count
