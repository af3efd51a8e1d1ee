"""U3: logs for people and, on request, JSON; rotation; no secret."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma import logs
from ogma.errors import OgmaError
from tests.settings.test_load import TOKEN


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The logging of the test run comes back."""
    root, ours = logging.getLogger(), logging.getLogger("ogma")
    before = (root.handlers[:], root.level, ours.level)
    root.handlers[:] = []
    monkeypatch.setattr(logs, "_hidden", set())
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def lines(level: str = "info", *, json_lines: bool = False) -> io.StringIO:
    """Logging set up on a text in memory."""
    stream = io.StringIO()
    logs.configure(level, json_lines=json_lines, stream=stream)
    return stream


@pytest.mark.parametrize("json_lines", [False, True])
def test_no_secret_is_logged_wherever_it_stands(json_lines: bool) -> None:
    """U3: in the message, an argument, an exception's text, by shape and by name."""
    logs.hide("hunter2-hunter2")
    stream = lines(json_lines=json_lines)
    log = logging.getLogger("ogma.test")
    log.info("token %s", TOKEN)
    log.info(f"in the text {TOKEN}")
    try:
        raise ValueError(f"Bot {TOKEN} and hunter2-hunter2")
    except ValueError:
        log.exception("failed with %r", {"password": "hunter2-hunter2"})
    said = stream.getvalue()
    assert TOKEN not in said
    assert "hunter2" not in said
    assert said.count(logs.MASK) >= 5


def test_ordinary_text_is_not_masked() -> None:
    """Words with dots, addresses and file names are no tokens."""
    text = "ogma.services.closing https://docs.example.com/a.b.c/very-long-path-name-of-a-page.html"
    assert logs.redact(text) == text
    logs.hide("short")
    assert logs.redact("in short") == "in short"


def test_json_lines_are_one_object_each() -> None:
    """U3: on request, JSON."""
    stream = lines(json_lines=True)
    logging.getLogger("ogma.a").warning("two\nlines")
    [line] = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert list(entry) == ["time", "level", "logger", "message"]
    assert entry["level"] == "warning"
    assert entry["message"] == "two\nlines"
    assert entry["time"].endswith("Z")


def test_libraries_say_less_than_ogma() -> None:
    """U3: at info, a library would write addresses and message texts."""
    stream = lines("info")
    logging.getLogger("httpx").info("GET /messages")
    logging.getLogger("httpx").warning("slow")
    logging.getLogger("ogma.bot").info("ready")
    logging.getLogger("ogma.bot").debug("details")
    said = [line.partition("Z ")[2] for line in stream.getvalue().splitlines()]
    assert said == ["WARNING httpx: slow", "INFO    ogma.bot: ready"]


def test_a_second_set_up_replaces_the_first() -> None:
    """No line is written twice."""
    first, second = lines(), lines()
    logging.getLogger("ogma").warning("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


def test_the_log_file_is_private_and_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U3: rotation, so the disk does not fill."""
    monkeypatch.setattr(logs, "ROTATE_AT", 2_000)
    path = tmp_path / "logs" / "ogma.log"
    logs.configure("info", file=path)
    for number in range(400):
        logging.getLogger("ogma").info("line %d", number)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(path.parent.iterdir())) == 1 + logs.ROTATED_FILES
    assert "line 399" in path.read_text()
    (tmp_path / "file").touch()
    with pytest.raises(OgmaError, match="Cannot write the log"):
        logs.configure("info", file=tmp_path / "file" / "ogma.log")
