"""U3: logs for people and, on request, JSON; rotation; no secret."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ogma import logs
from ogma.errors import OgmaError
from tests.settings.test_load import TOKEN


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The logging of the test run comes back."""
    root, ours = logging.getLogger(), logging.getLogger("ogma")
    levels = (root.level, ours.level)
    monkeypatch.setattr(logs, "_hidden", set())
    yield
    logs.configure("warning", to_stderr=False)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


Said = Callable[[], str]
PATIENCE_S = 60


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What went to stderr since the last call."""
    return lambda: capsys.readouterr().err


@pytest.mark.parametrize("json_lines", [False, True])
def test_no_secret_is_logged_wherever_it_stands(json_lines: bool, said: Said) -> None:
    """U3: in the message, an argument, an exception's text, by shape and by name."""
    logs.hide("hunter2-hunter2")
    logs.configure("info", json_lines=json_lines)
    log = logging.getLogger("ogma.test")
    log.info("token %s", TOKEN)
    log.info(f"in the text {TOKEN}")
    try:
        raise ValueError(f"Bot {TOKEN} and hunter2-hunter2")
    except ValueError:
        log.exception("failed with %r", {"password": "hunter2-hunter2"})
    written = said()
    assert TOKEN not in written
    assert "hunter2" not in written
    assert written.count(logs.MASK) >= 5


def test_ordinary_text_is_not_masked() -> None:
    """Words with dots, addresses and file names are no tokens."""
    text = "ogma.services.closing https://docs.example.com/a.b.c/very-long-path-name-of-a-page.html"
    assert logs.redact(text) == text
    logs.hide("short")
    assert logs.redact("in short") == "in short"


def test_json_lines_are_one_object_each(said: Said) -> None:
    """U3: on request, JSON."""
    logs.configure("info", json_lines=True)
    logging.getLogger("ogma.a").warning("two\nlines")
    [line] = said().splitlines()
    entry = json.loads(line)
    assert list(entry) == ["time", "level", "logger", "message"]
    assert entry["level"] == "warning"
    assert entry["message"] == "two\nlines"
    assert entry["time"].endswith("Z")


def test_libraries_say_less_than_ogma(said: Said) -> None:
    """U3: at info, a library would write addresses and message texts."""
    logs.configure("info")
    logging.getLogger("httpx").info("GET /messages")
    logging.getLogger("httpx").warning("slow")
    logging.getLogger("ogma.bot").info("ready")
    logging.getLogger("ogma.bot").debug("details")
    written = [line.partition("Z ")[2] for line in said().splitlines()]
    assert written == ["WARNING httpx: slow", "INFO    ogma.bot: ready"]


def test_a_second_set_up_replaces_the_first(said: Said) -> None:
    """No line is written twice; brief lines have no time."""
    logs.configure("info")
    logs.configure("info", brief=True)
    logging.getLogger("ogma").warning("once")
    assert said() == "WARNING: once\n"


def test_the_log_file_is_private_and_rotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U3: rotation, so the disk does not fill."""
    monkeypatch.setattr(logs, "ROTATE_AT", 2_000)
    path = tmp_path / "logs" / "ogma.log"
    logs.configure("info", to_stderr=False, file=path)
    for number in range(400):
        logging.getLogger("ogma").info("line %d", number)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(list(path.parent.iterdir())) == 1 + logs.ROTATED_FILES
    assert "line 399" in path.read_text()
    (tmp_path / "file").touch()
    with pytest.raises(OgmaError, match="Cannot write the log"):
        logs.configure("info", file=tmp_path / "file" / "ogma.log")


def test_lines_are_written_aside(tmp_path: Path, said: Said) -> None:
    """A disk that takes long for a line holds up nobody; none is lost, and errors keep theirs."""
    path = tmp_path / "ogma.log"
    logs.configure("info", json_lines=True, file=path, aside=True)
    written = threading.Event()
    [slow, file] = logs._writers[0].handlers
    slow.emit = lambda record: written.wait(PATIENCE_S)  # type: ignore[method-assign,assignment,return-value]
    for number in range(100):
        logging.getLogger("ogma").info("line %d", number)
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("ogma").exception("it failed")
    assert not path.read_text(), "the first handler still writes its first line"
    written.set()
    logs.finish()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["message"] for line in lines[:-1]] == [f"line {number}" for number in range(100)]
    assert "ValueError: broken" in lines[-1]["error"]
    assert isinstance(file, logging.FileHandler) and file.stream is None, "it is closed"
