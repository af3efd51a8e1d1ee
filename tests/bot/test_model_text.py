"""A4, D2: what a model writes pings nobody and links only where its cited passages link."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.bot.render.limits import length
from ogma.bot.render.model_text import links_in, safe, shortened

DOCS = "https://docs.example.com/setup"
WIKI = "https://en.example.org/wiki/Mercury_(planet)"
ROUTER = "http://192.168.1.1/login"
PUNYCODE = "https://xn--pple-43d.example/login"
LOGIN = "https://bank.example@evil.example/login"
HOME = "https://docs.example.com"
LINKS = frozenset({DOCS, HOME, WIKI, ROUTER, PUNYCODE, LOGIN})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # mentions, of which none stays live
        ("Ask @everyone or @here.", "Ask everyone or here."),
        ("Hi <@123>, <@!123>, <@&5>, see <#9>!", "Hi , , , see !"),
        ("Use </close:123> <id:customize> <t:1:R>", "Use /close"),
        ("Nice <:party:123><a:dance:456>", "Nice :party::dance:"),
        ("Open <id:linked-roles:7>, <id:linked-roles> <sound:1:2>", "Open ,"),
        (f"Use </{'a' * 32} {'b' * 32} {'c' * 32}:1>", f"Use /{'a' * 32} {'b' * 32} {'c' * 32}"),
        ("<@<@1>2> and <@<#3>&4>", "and"),
        (
            "Mail me@here.example or hi@everyone-else.example",
            "Mail me@here.example or hi@everyone-else.example",
        ),
        # addresses of the cited passages, shown for what they are
        (f"See {DOCS}.", f"See <{DOCS}>."),
        (f"See <{DOCS}>!", f"See <{DOCS}>!"),
        (f"See [the guide]({DOCS}).", f"See the guide <{DOCS}>."),
        (f'See [the guide](<{DOCS}> "title").', f"See the guide <{DOCS}>."),
        (f"[{DOCS}]({DOCS})", f"<{DOCS}>"),
        (f"![logo]({DOCS})", f"logo <{DOCS}>"),
        (f"[`setup`]({DOCS})", f"`setup` <{DOCS}>"),
        (f"Mercury: {WIKI}, a planet", f"Mercury: <{WIKI}>, a planet"),
        (f"Open {DOCS}/ now", f"Open <{DOCS}/> now"),
        ("Open http://192.168.1.1/login now", "Open 192.168.1.1/login now"),
        (f"Open {PUNYCODE} now", "Open xn--pple-43d.example/login now"),
        (f"Open [your bank]({LOGIN})", "Open your bank bank.example@evil.example/login"),
        # any other address goes
        ("See https://evil.example/x?data=1.", "See …."),
        (f"See {DOCS}?secret=1", "See …"),
        (f"See {DOCS}/../admin", "See …"),
        (f"[{DOCS}](https://evil.example)", f"<{DOCS}>"),
        ("[https://evil.example/a](https://evil.example/b)", "…"),
        ("[the guide](https://evil.example)", "the guide"),
        (f"[see https://evil.example]({DOCS})", f"see … <{DOCS}>"),
        ("<https://evil.example> <steam://run> <mailto:a@b.example>", "… … mailto:a@b.example"),
        ("Open <https:/\n/evil.example> or <http:/evil.example>", "Open … or …"),
        ("Write to <a@b.example> or <+49 30 1234>", "Write to a@b.example or +49 30 1234"),
        ("HTTPS://EVIL.EXAMPLE", "…"),
        (f"See \\<{HOME}>@evil.example/x", f"See <{HOME}>@evil.example/x"),
        ("Join discord.gg/abc or https://discord.com/invite/abc", "Join … or …"),
        ("[x](javascript:alert(1)) data:text/html,<b>", "x …<b>"),
        # Markdown and code stay
        (
            "**Bold**, _it_, ~~no~~, ||hush||\n- one\n- two\n> quote",
            "**Bold**, _it_, ~~no~~, ||hush||\n- one\n- two\n> quote",
        ),
        (f"Run `curl {DOCS}`", f"Run `curl {DOCS}`"),
        (f"```sh\ncurl {DOCS}\n```", f"```sh\ncurl {DOCS}\n```"),
        ("Run `curl https://evil.example`", "Run `curl …`"),
        (f"Run `curl {HOME}`.", f"Run `curl {HOME}`."),
        # what only looks like code
        ("Run `<ftp://evil.example>`", "Run `…`"),
        (f"\\`[a[b]c]({DOCS})\\`", f"\\`[a[b]c] ({DOCS})\\`"),
        (f"``x{HOME}(.evil.example``", f"``x{HOME} (.evil.example``"),
        (f'\\`{HOME}"@evil.example/`', f'\\`{HOME} "@evil.example/`'),
        (r"Find `\<name` in it", r"Find `\<name` in it"),
        ("Set <name> in `a[i](x)` and <host:port>", "Set <name> in `a[i](x)` and <host:port>"),
        ("See [setup](setup.md#one)", "See setup"),
        ("a ](b) c", "a ] (b) c"),
        # what cannot be seen
        ("pass\u200bword \u202etxt\u2066 \U000e0041 e\u0301", "password txt  é"),
        ("discord\u034f.gg/abc \u3164x\u115f\uffa0", "… x"),
        ("a\u200cb\u200d c\u200d\u200dd", "ab cd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_becomes_of_it(text: str, shown: str) -> None:
    assert safe(text, LINKS) == shown
    assert safe(shown, LINKS) == shown


def test_an_attack_that_folds_itself_deeply_loses_its_characters() -> None:
    folded = "<@" * 200 + "1" + ">" * 200 + " [a](https://x.example)" + "@" * 50 + "everyone"
    shown = safe(folded, LINKS)
    assert not set("<>[]@/:") & set(shown)
    assert safe(shown, LINKS) == shown


pieces = st.one_of(
    st.sampled_from(
        [
            *(
                "<",
                ">",
                "@",
                "#",
                "&",
                "[",
                "]",
                "(",
                ")",
                "`",
                "```",
                "!",
                "/",
                ":",
                "\n",
                " ",
                ".",
            ),
            *("everyone", "here", "123", "https://", "http:", "//", "evil.example", "discord.gg/"),
            *("javascript:", "data:a/", "t:", "id:", "a", "\u200b", "\u202e", "\\", '"', "?q=1"),
            *(DOCS, WIKI, "steam://", "www.", "xn--a.example", "user@host", "é", "👍"),
        ]
    ),
    st.text(max_size=3),
)
hostile = st.lists(pieces, max_size=40).map("".join)
TRAILING = ".,;:!?'*_~|/"
WEB = re.compile(r"https?://[^\s<>\"`\[\]()]*", re.IGNORECASE)
MENTION = re.compile(
    r"<@[!&]?\d+>|<#\d+>|<id:[a-z-]+(:\d+)?>|<t:-?\d+(:\w)?>|</[^:<>]{1,100}:\d+>"
    r"|<a?:\w{1,64}:\d+>|<sound:\d+:\d+>|(?<!\w)@(everyone|here)\b",
    re.ASCII,
)


@given(hostile)
def test_nothing_live_is_left(text: str) -> None:
    """Idempotent, no mention, no address outside the cited ones, no masked link, no scheme."""
    shown = safe(text, LINKS)
    assert safe(shown, LINKS) == shown
    assert not MENTION.search(shown)
    allowed = {link.partition("(")[0].rstrip(TRAILING) for link in LINKS}
    assert {found.rstrip(TRAILING) for found in WEB.findall(shown)} <= allowed
    prose = re.sub(r"```.*?```|`[^`\n]+`", "", shown, flags=re.DOTALL)
    assert "](" not in prose
    assert not re.search(r"discord\.gg/|\bjavascript:[^\s<>]|steam://", shown, re.IGNORECASE)


@given(hostile, st.integers(40, 400))
def test_short_enough_and_still_safe(text: str, limit: int) -> None:
    shown = shortened(text * 5, limit, LINKS)
    assert length(shown) <= limit
    assert safe(shown, LINKS) == shown


def test_cut_after_a_sentence() -> None:
    text = "First sentence. Second sentence! " + "word " * 100
    assert shortened(text, 48) == "First sentence. Second sentence! …"
    assert shortened("word " * 100, 32) == "word word word word …"


def test_an_address_is_kept_whole_or_not_at_all() -> None:
    long = DOCS + "/" + "x" * 80
    assert shortened(f"See {long} for more", 80, {long, DOCS}) == "See …"


def test_a_cut_code_block_is_closed() -> None:
    shown = shortened("```\n" + "line of code\n" * 30 + "```", 100)
    assert shown.startswith("```\nline of code\n")
    assert shown.endswith("…\n```")
    assert shown.count("```") == 2


def test_links_of_passages() -> None:
    markdown = f"See [a]({DOCS}), <https://b.example>, {WIKI}. And https://c.example/x."
    assert links_in(markdown, "no link") == {
        DOCS,
        "https://b.example",
        WIKI,
        "https://c.example/x",
    }
