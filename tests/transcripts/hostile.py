"""Hostile text, and tickets that have it in every field."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from ogma.domain.archive import ArchivedTicket

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" style="background:url(https://evil.example/x)" x="',
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</code></pre><svg/onload=alert(1)>",
    "--><script>alert(1)</script><!--",
    "<!-- ",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<iframe src=https://evil.example></iframe>",
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#106;avascript:alert(1) &amp;",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//evil.example/x",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](https://a.example" onmouseover="alert(1))',
    "[x](https://a.example/\x00)",
    "[<img src=x onerror=alert(1)>](https://a.example)",
    "[https://bank.example](https://evil.example)",
    "![x](https://evil.example/x.png)",
    '<https://a.example/"onclick=alert(1)>',
    'https://a.example/"><script>alert(1)</script>',
    "https://a.example/'onclick='alert(1)",
    "http://[::1",
    "https://a.example]:x@/",
    "{{ 7 * 7 }} {% raw %} {# #} {actor} {kind} {0.__class__} {moment} %s",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '```"onload=alert(1)\nx\n```',
    "`</code><script>alert(1)</script>`",
    "||</span></label><script>alert(1)</script>||",
    "|| a ||" * 50 + "||",
    "# </div><script>alert(1)</script>\n> </blockquote><script>\n- </li><script>",
    '<@1><script>alert(1)</script><@&2><#3></close:4><:x:5><a:"onload:6>',
    "<t:99999999999999:R> <t:-62135596801:F> <t:8640000000000:f> <t:1:R>",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200f\u200b\ufeff \U000e0041\U000e0042",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07x\x1b]8;;\x07 \x9b31m \x07\x00\x7f\r\nx",
    "\ud800 lone \udfff",
    "*" * 200 + "_" * 200 + "`" * 199 + "[" * 200 + "(" * 200,
    "**__~~||*_" * 40,
    "> " * 50 + "\n" + "  " * 300 + "- x",
    "W" * 400,
    "ﷺ" * 20 + "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "=cmd|' /C calc'!A0",
    "| a | b |\n|---|---|\n| <script>x</script> | ![i](http://evil.example) |",
    "    <script>indented()</script>\n\n\t<b>x</b>",
    "[a]: javascript:alert(1)\n[a]",
    "x\n===\ny\n---\n***\n<div>\nz\n</div>",
    "1) <script>x</script>\n+ <b>y</b>\n~~~\n<i>z</i>\n~~~",
    "line one\\\n<script>x</script>  \nline two",
]


def poisoned(ticket: ArchivedTicket, text: str) -> ArchivedTicket:
    """The ticket with `text` as every string that a person or Discord could have chosen."""
    names = dict.fromkeys(ticket.names, text)
    made = _poison(ticket, text)
    assert isinstance(made, ArchivedTicket)
    return replace(made, names=names)


def _poison(value: Any, text: str) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text
    if is_dataclass(value) and not isinstance(value, type):
        kept = {"path"}
        changed = {
            one.name: _poison(getattr(value, one.name), text)
            for one in fields(value)
            if one.name not in kept
        }
        return replace(value, **changed)
    if isinstance(value, dict):
        return {key: _poison(inner, text) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_poison(inner, text) for inner in value)
    return value
