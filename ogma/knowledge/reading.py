"""Has files read by a process of its own: limited, reused, replaced after a breach.

A request is a frame of name and bytes, a reply a frame of JSON: `title` and `chunks`, or `reason`;
`final` when the process ends after it. A name that begins with PAGE or SITEMAP, as no file's can,
asks for a web page (its type, a line break and its URL follow) or a sitemap.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final, Protocol

from ogma.knowledge.chunks import Chunk, Cut
from ogma.knowledge.content import Unreadable
from ogma.knowledge.sitemaps import Sitemap
from ogma.knowledge.web import WebPage

MEMORY_BYTES: Final = 2**30
CPU_S: Final = 20
WALL_S: Final = 28.0
LONGEST_TEXT: Final = 50_000_000
"""Characters of text that one file may give."""
FILES_PER_PROCESS: Final = 500

PAGE: Final = "\0page "
SITEMAP: Final = "\0sitemap"

WORKER: Final = "ogma.knowledge.reading_worker"
REQUEST: Final = struct.Struct(">II")
REPLY: Final = struct.Struct(">I")
LONGEST_REPLY: Final = 512 * 2**20

_PACKAGE_PARENT: Final = Path(__file__).parents[2]


class Reading(Protocol):
    """Whatever turns a file into passages."""

    def read(self, data: bytes, name: str) -> Cut:
        """The title and the chunks of a file; raises Unreadable with the reason."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class WebReading(Protocol):
    """Whatever turns web pages into passages."""

    def page(self, data: bytes, url: str, content_type: str) -> WebPage:
        """A web page's content and links; raises Unreadable with the reason."""
        ...

    def sitemap(self, data: bytes) -> Sitemap:
        """What a sitemap lists; raises Unreadable with the reason."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class ReadingProcess:
    """Reads files in a child process; starts it on first use and after every breach."""

    def __init__(self, wall_s: float = WALL_S, worker: str = WORKER) -> None:
        self._wall_s = wall_s
        self._worker = worker
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def read(self, data: bytes, name: str) -> Cut:
        """The title and the chunks of a file; raises Unreadable with the reason."""
        reply = self._answer(data, name)
        return Cut(reply["title"], tuple(Chunk(*parts) for parts in reply["chunks"]))

    def page(self, data: bytes, url: str, content_type: str) -> WebPage:
        """A web page's content and links; raises Unreadable with the reason."""
        reply = self._answer(data, f"{PAGE}{content_type}\n{url}")
        return WebPage(
            title=reply["title"],
            chunks=tuple(Chunk(**chunk) for chunk in reply["chunks"]),
            fragments=tuple(reply["fragments"]),
            links=tuple(reply["links"]),
            characters=reply["characters"],
            digest=reply["digest"],
            asks_password=reply["asks_password"],
            wants_script=reply["wants_script"],
        )

    def sitemap(self, data: bytes) -> Sitemap:
        """What a sitemap lists; raises Unreadable with the reason."""
        reply = self._answer(data, SITEMAP)
        return Sitemap(tuple(reply["pages"]), tuple(reply["sitemaps"]))

    def _answer(self, data: bytes, name: str) -> dict[str, Any]:
        process = self._started()
        try:
            reply = self._ask(process, data, name)
        except TimeoutError:
            self.close()
            raise Unreadable(f"reading it takes more than {self._wall_s:.0f} s") from None
        except (EOFError, OSError, ValueError):
            raise Unreadable(self._obituary(process)) from None
        if reply["final"]:
            self.close()
        if "reason" in reply:
            raise Unreadable(reply["reason"])
        return reply

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None:
            if self._read < FILES_PER_PROCESS and self._process.poll() is None:
                self._read += 1
                return self._process
            self.close()
        paths = [str(_PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._worker],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)},
            start_new_session=True,  # Ctrl-C ends the ingest, and that ends this process
        )
        self._read = 1
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], data: bytes, name: str) -> dict[str, Any]:
        assert process.stdin is not None and process.stdout is not None
        deadline = time.monotonic() + self._wall_s
        called = name.encode("utf-8")
        process.stdin.write(REQUEST.pack(len(called), len(data)) + called)
        process.stdin.write(data)
        process.stdin.flush()
        descriptor = process.stdout.fileno()
        (length,) = REPLY.unpack(_read_exactly(descriptor, REPLY.size, deadline))
        if length > LONGEST_REPLY:
            raise ValueError("an impossible reply")
        reply: dict[str, Any] = json.loads(_read_exactly(descriptor, length, deadline))
        return reply

    def _obituary(self, process: subprocess.Popen[bytes]) -> str:
        """Why the process ended in the middle of a file."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
        code = process.returncode
        self.close()
        if code == -signal.SIGXCPU:
            return f"reading it takes more than {CPU_S} s of computing"
        if code == -signal.SIGKILL:
            return f"reading it takes more than {MEMORY_BYTES >> 20} MB of memory"
        return "its reader crashed on it; it is damaged or hostile"


def _read_exactly(descriptor: int, count: int, deadline: float) -> bytes:
    """`count` bytes; raises TimeoutError after the deadline, EOFError at the end."""
    parts: list[bytes] = []
    while count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
