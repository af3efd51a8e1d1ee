"""The process that parses files, so that a hostile one harms nothing but itself.

It reads requests from stdin and writes replies to stdout, both as frames (see `reading`); it has
no network, starts no programs, writes no files, and its memory and CPU time are limited.
"""

from __future__ import annotations

import json
import math
import os
import resource
import struct
import sys
import time
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final

from ogma.knowledge.chunks import cut
from ogma.knowledge.content import Unreadable
from ogma.knowledge.readers import read
from ogma.knowledge.reading import CPU_S, LONGEST_TEXT, MEMORY_BYTES, PAGE, REQUEST, SITEMAP

_FORBIDDEN: Final = frozenset(
    (
        *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo"),
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"),
        *("os.remove", "os.rename", "os.rmdir", "os.mkdir"),
    )
)
_DEEPEST_CALLS: Final = 3_000


def main() -> None:
    """Serve requests until stdin ends."""
    requests = sys.stdin.buffer
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - what libraries print goes nowhere
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    _confine()
    while header := requests.read(REQUEST.size):
        name_length, data_length = REQUEST.unpack(header)
        name = requests.read(name_length).decode("utf-8")
        data = requests.read(data_length)
        _limit_cpu()
        reply, exhausted = _reply(data, name)
        _send(replies, {**reply, "final": exhausted})
        if exhausted:
            return


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(_DEEPEST_CALLS)

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FORBIDDEN:
            raise PermissionError(f"a reader may not do this: {event}")

    sys.addaudithook(refuse)


def _limit_cpu() -> None:
    """CPU_S seconds from now; the system ends a process that needs more."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + CPU_S), hard))


def _reply(data: bytes, name: str) -> tuple[dict[str, Any], bool]:
    """The reply, and whether this process should be replaced by a fresh one."""
    try:
        return _asked(data, name), False
    except Unreadable as reason:
        return {"reason": str(reason)}, False
    except MemoryError:
        return {"reason": f"reading it takes more than {MEMORY_BYTES >> 20} MB of memory"}, True
    except RecursionError:
        return {"reason": "its content is nested too deeply"}, True
    except Exception as error:  # noqa: BLE001 - a worker: whatever one file does, the next is read
        return {"reason": f"its reader failed ({type(error).__name__}: {error})"}, True


def _asked(data: bytes, name: str) -> dict[str, Any]:
    if name.startswith(PAGE):
        return _page(data, *name.removeprefix(PAGE).split("\n", 1))
    if name.startswith(SITEMAP):
        from ogma.knowledge.sitemaps import read_sitemap

        return asdict(read_sitemap(data))
    return _passages(data, name)


def _page(data: bytes, content_type: str, url: str) -> dict[str, Any]:
    from ogma.knowledge.web import read_page

    page = read_page(data, url, content_type)
    if page.characters > LONGEST_TEXT:
        raise Unreadable(_too_long(page.characters))
    return asdict(page)


def _passages(data: bytes, name: str) -> dict[str, Any]:
    content = read(data, name)
    if len(content.text) > LONGEST_TEXT:
        raise Unreadable(_too_long(len(content.text)))
    found = cut(content, PurePosixPath(name).stem)
    return {
        "title": found.title,
        "chunks": [[chunk.heading, chunk.text, chunk.page] for chunk in found.chunks],
    }


def _too_long(characters: int) -> str:
    return f"its text has {characters:,} characters and the limit is {LONGEST_TEXT:,}"


def _send(replies: BinaryIO, reply: dict[str, Any]) -> None:
    raw = json.dumps(reply).encode()
    replies.write(struct.pack(">I", len(raw)) + raw)
    replies.flush()


if __name__ == "__main__":
    main()
