from __future__ import annotations

import pytest

from ogma.transcripts.links import MAX_URL, safe_url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "HTTP://EXAMPLE.org/a?b=c&d=e#f",
        "https://en.wikipedia.org/wiki/Rubik's_Cube_(toy)",
        "mailto:help@example.org",
        "https://example.org/" + "x" * (MAX_URL - 20),
    ],
)
def test_plain_addresses_are_kept_as_they_are(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        " https://example.org",
        "https://exa\nmple.org",
        "\x01https://example.org",
        'https://example.org/"onclick=',
        "https://example.org/<b>",
        "https://exa\u202emple.org",
        "https://example.org\\@evil.example",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org",
        "/relative",
        "example.org",
        "https://",
        "mailto:",
        "https://example.org/" + "x" * MAX_URL,
        "",
        None,
        7,
        ["https://example.org"],
    ],
)
def test_everything_else_is_refused(url: object) -> None:
    assert safe_url(url) is None
