"""S4: the line that a message names is the line where the key stands."""

from __future__ import annotations

from ogma.settings.lines import line_numbers, line_of

TEXT = '''\
# [not.a.table]
language = "en"
"quoted.key" = 1

[discord]
guild = 5 # [x]
dotted.key = 3
inline = { x = 1, y = 2 }

[[types]]
id = """
[discord]
guild = 7
"""
label = [
  1, # one
  2,
]
[[types]]
[types.sub]
deep = 1
[[types.list]]
a = 1
[[types.list]]
a = 2
'''


def test_every_key_is_found_where_it_stands() -> None:
    """Multi-line strings and lists, dotted keys, tables in lists."""
    lines = line_numbers(TEXT)
    assert lines == {
        ("language",): 2,
        ("quoted.key",): 3,
        ("discord",): 5,
        ("discord", "guild"): 6,
        ("discord", "dotted"): 7,
        ("discord", "dotted", "key"): 7,
        ("discord", "inline"): 8,
        ("types",): 10,
        ("types", 0): 10,
        ("types", 0, "id"): 11,
        ("types", 0, "label"): 15,
        ("types", 1): 19,
        ("types", 1, "sub"): 20,
        ("types", 1, "sub", "deep"): 21,
        ("types", 1, "list"): 22,
        ("types", 1, "list", 0): 22,
        ("types", 1, "list", 0, "a"): 23,
        ("types", 1, "list", 1): 24,
        ("types", 1, "list", 1, "a"): 25,
    }


def test_characters_that_only_look_like_line_ends_do_not_count() -> None:
    """TOML ends a line with LF or CRLF and with nothing else."""
    assert line_numbers('a = "\u2028\x85"\r\nb = 1\r\n') == {("a",): 1, ("b",): 2}


def test_a_place_without_a_line_takes_that_of_the_table_around_it() -> None:
    """A missing key is told with its table's line."""
    lines = line_numbers(TEXT)
    assert line_of(("discord", "token_file"), lines) == 5
    assert line_of(("types", 1, "label"), lines) == 19
    assert line_of(("channels", "panel"), lines) is None
