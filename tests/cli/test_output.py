"""The printer: data is data, errors are sentences, and the right stream gets each."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.cli.output import Cell, Column, Output, Verbosity
from ogma.cli.terminal_text import escape_json, one_line, plain
from ogma.errors import ConfigError, UsageError

EVIL = "\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x9b2J\u202egnp.exe\r\x08\x00"


def test_a_table_at_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """COLUMNS is honoured; long cells fold and nothing is cut."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    Output().table(
        [Column("No", right=True, keep=True), "Subject", "Claimed"],
        [(1, "a word and another word and a third", None), (12, "[b]x[/b] :smile:", True)],
        title="Tickets",
    )
    assert capsys.readouterr().out == (
        "Tickets\n"
        "No   Subject                     Claimed\n"
        "────────────────────────────────────────\n"
        " 1   a word and another word     -\n"
        "     and a third\n"
        "12   [b]x[/b] :smile:            yes\n"
    )


def test_a_table_in_a_pipe_is_never_folded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row is one line where no terminal sets a width."""
    monkeypatch.delenv("COLUMNS", raising=False)
    Output().table(["A"], [("x" * 500,)])
    assert "x" * 500 in capsys.readouterr().out


def test_an_empty_table_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """A bare header would look like a fault."""
    Output().table(["A"], [], empty="No tickets.")
    assert capsys.readouterr().out == "No tickets.\n"


@pytest.mark.parametrize("where", ["text", "styled", "table", "pairs", "warning", "error", "note"])
def test_escape_sequences_in_data_never_reach_the_terminal(
    where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """SECURITY.md E: a ticket's subject must not drive the terminal."""
    output = Output()
    {
        "text": lambda: output.text(EVIL),
        "styled": lambda: output.text(EVIL, style="red"),
        "table": lambda: output.table([EVIL], [(Cell(EVIL, "red"),), (EVIL,)]),
        "pairs": lambda: output.pairs({"a": EVIL}),
        "warning": lambda: output.warning(EVIL),
        "error": lambda: output.error(ConfigError(EVIL, (EVIL,))),
        "note": lambda: output.note(EVIL),
    }[where]()
    said = "".join(capsys.readouterr())
    assert "red link" in said
    assert not set(said) & set("\x1b\x9b\x07\r\x08\x00\u202e")


@given(st.text())
def test_plain_text_stays_and_is_stable(text: str) -> None:
    """Cleaning twice is cleaning once; letters of every language stay."""
    once = plain(text)
    assert plain(once) == once
    assert one_line(text) == one_line(once)
    assert plain("Grüße, 世界 👩‍🚀\tok\n") == "Grüße, 世界 👩‍🚀\tok\n"


@given(st.recursive(st.text() | st.integers() | st.booleans(), st.lists, max_leaves=5))
def test_json_is_the_same_document_and_safe(document: object) -> None:
    """Escaped where a terminal could act on it, equal when read back."""
    written = escape_json(json.dumps(document, ensure_ascii=False))
    assert json.loads(written) == document
    assert not any("\x7f" <= letter <= "\x9f" for letter in written)
    written.encode("utf-8")


def test_json_keeps_the_order_of_its_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """INTERFACES.md: one document, stable keys."""
    Output().json({"b": 1, "a": ["ü\x9b"]})
    assert capsys.readouterr().out == '{\n  "b": 1,\n  "a": [\n    "ü\\u009b"\n  ]\n}\n'
    Output().json_line({"b": 1})
    assert capsys.readouterr().out == '{"b": 1}\n'


def test_errors_and_notes_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """stdout holds results only; --quiet silences notes, --verbose adds details."""
    for verbosity in Verbosity:
        output = Output(verbosity)
        output.note("note")
        output.detail("detail")
        output.warning("warning")
    output.error(ConfigError("Two things.", ("one", "two")))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        "Warning: warning\n"
        "note\nWarning: warning\n"
        "note\ndetail\nWarning: warning\n"
        "Error: Two things.\n  - one\n  - two\n"
    )


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A log file is not filled with bars."""
    with Output().progress("Reading", total=3) as advance:
        advance(1, "file")
    assert capsys.readouterr() == ("", "")


def test_a_question_without_a_terminal_names_the_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing waits for an answer that cannot come."""
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115, PTH123
    with pytest.raises(UsageError, match=r"no terminal to ask 'Close 3 tickets.*use --yes"):
        Output().confirm("Close 3 tickets?")


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_only_where_they_are_wanted(no_color: str, coloured: bool) -> None:
    """NO_COLOR turns them off on a terminal, too; progress is drawn there."""
    code = (
        "from ogma.cli.output import Output\n"
        "o = Output()\n"
        "o.text('styled', style='red')\n"
        "with o.progress('Reading', total=2) as step:\n"
        "    step(2, 'a file')\n"
    )
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    environ.pop("NO_COLOR", None)
    if no_color:
        environ["NO_COLOR"] = no_color
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        child = subprocess.Popen(
            [sys.executable, "-c", code], stdout=theirs, stderr=theirs, env=environ
        )
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # how Linux tells that the other end is closed
            while piece := terminal.read(4096):
                seen += piece
        child.wait()
    assert b"styled" in seen
    assert (b"\x1b[31m" in seen) is coloured
    assert b"Reading" in seen


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """`ogma ... | head` ends quietly."""
    ran = subprocess.run(
        f"{sys.executable} -m ogma --config {tmp_path}/none config path --json | true; "
        "echo ${PIPESTATUS[0]}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() in {"0", "141"}
    assert ran.stderr == ""
