"""Logging: set up once per process, for people or as JSON lines, never with a secret in it."""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import sys
import time
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

from ogma.errors import OgmaError

MASK: Final = "[secret]"
Mask = Callable[[str], str]
"""Takes secrets out of a line."""

_TOKEN = re.compile(r"(?<![\w-])[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}(?![\w-])")
"""A bot token: application id, time and signature, each in URL-safe base64."""

_hidden: set[str] = set()
_installed: list[logging.Handler] = []
_writers: list[QueueListener] = []

ROTATE_AT: Final = 10 * 1024 * 1024
ROTATED_FILES: Final = 5


def hide(secret: str) -> None:
    """Mask this string wherever `redact` sees it from now on."""
    if len(secret) >= 8:  # a shorter one would blank ordinary words
        _hidden.add(secret)


def redact(text: str) -> str:
    """The text with hidden strings and whatever looks like a bot token masked."""
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _TOKEN.sub(MASK, text)


def holds_token(text: str) -> bool:
    """Whether something in the text looks like a bot token."""
    return bool(_TOKEN.search(text))


class _Redacting(logging.Formatter):
    """Masks the finished line: message, arguments, traceback, everything."""

    mask: Mask = staticmethod(redact)

    def format(self, record: logging.LogRecord) -> str:
        return self.mask(super().format(record))


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr when the line comes."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """The base class sets it once."""


class _Aside(QueueHandler):
    """Hands each record over as it is; the handlers that write it need its parts."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


class _PrivateFile(RotatingFileHandler):
    """Every file of the log, also the next after a rotation, is for its owner only."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8")


class _JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and error where there is one."""

    mask: Mask = staticmethod(redact)

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{record.msecs:03.0f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["error"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(
            {key: self.mask(value) for key, value in entry.items()}, ensure_ascii=False
        )


def configure(
    level: str,
    *,
    json_lines: bool = False,
    brief: bool = False,
    to_stderr: bool = True,
    file: Path | None = None,
    mask: Mask | None = None,
    aside: bool = False,
) -> None:
    """Send the log to stderr, to a rotated file, or to both; replaces an earlier set-up.

    `level` is one of debug, info, warning, error. Libraries speak at warning and above unless
    the level is debug: at info they would write message texts and addresses. `brief` leaves out
    time and logger, for commands that end at once. `mask` takes out of each line what people may
    have pasted, beside the secrets of this program. `aside` writes in a thread of its own: a busy
    disk can take seconds for one line, which an event loop does not have; `finish` then waits for
    the last line.
    """
    handlers: list[logging.Handler] = [_Stderr()] if to_stderr else []
    if file is not None:
        handlers.append(_rotating(file))
    for handler in handlers:
        handler.setFormatter(_formatter(json_lines, brief, mask))
    logging.raiseExceptions = False  # a full disk is no reason for tracebacks on stderr
    root = logging.getLogger()
    finish()
    while _installed:
        old = _installed.pop()
        root.removeHandler(old)
        old.close()
    if aside:
        lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        _writers.append(QueueListener(lines, *handlers))
        _writers[0].start()
        handlers = [_Aside(lines)]
    for handler in handlers:
        root.addHandler(handler)
        _installed.append(handler)
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(wanted if wanted == logging.DEBUG else max(wanted, logging.WARNING))
    logging.getLogger("ogma").setLevel(wanted)


def finish() -> None:
    """Write what is still to be written aside; nothing after this is written."""
    while _writers:
        writer = _writers.pop()
        writer.stop()
        for handler in writer.handlers:
            handler.close()


def _formatter(json_lines: bool, brief: bool, mask: Mask | None) -> logging.Formatter:
    formatter: _JsonLines | _Redacting
    if json_lines:
        formatter = _JsonLines()
    elif brief:
        formatter = _Redacting("%(levelname)s: %(message)s")
    else:
        formatter = _Redacting("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        formatter.default_time_format = "%Y-%m-%d %H:%M:%S"
        formatter.default_msec_format = "%s.%03dZ"
    formatter.converter = time.gmtime
    if mask is not None:
        formatter.mask = lambda text: mask(redact(text))
    return formatter


def _rotating(file: Path) -> logging.Handler:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _PrivateFile(file, maxBytes=ROTATE_AT, backupCount=ROTATED_FILES, encoding="utf-8")
    except OSError as failed:
        raise OgmaError(f"Cannot write the log {file} ({failed.strerror}).") from failed
