"""Reading an answer's body within limits, counted on what it unpacks to."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Final

import httpx

ENCODING: Final = "gzip"
"""What to ask for in Accept-Encoding: what `read` can unpack a piece at a time."""

_PIECE: Final = 64 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS


class Unfit(Exception):
    """A body that is not read to its end; the message says why, in the middle of a sentence."""


class TooLarge(Unfit):
    """The body is larger than the limit."""


async def read(response: httpx.Response, max_bytes: int) -> bytes:
    """The unpacked body of a streamed response; raises TooLarge, or Unfit for one that is damaged.

    A compressed bomb costs no more memory than the limit: it is unpacked piece by piece.
    """
    stated = response.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > max_bytes:
        raise TooLarge(_too_large(max_bytes))
    parts: list[bytes] = []
    left = max_bytes
    async for part in _unpacked(response):
        left -= len(part)
        if left < 0:
            raise TooLarge(_too_large(max_bytes))
        parts.append(part)
    return b"".join(parts)


async def _unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        async for raw in response.aiter_raw():
            yield raw
        return
    if encoding not in ("gzip", "x-gzip"):
        raise Unfit(f"it is packed as {encoding[:40]!r}, which was not asked for")
    unpacker = zlib.decompressobj(_GZIP)
    async for raw in response.aiter_raw():
        waiting, part = raw, b""
        # The unpacker may hold back output when it has taken all input: hence the second half.
        while waiting or len(part) == _PIECE:
            try:
                part = unpacker.decompress(waiting, _PIECE)
            except zlib.error as error:
                raise Unfit("its compression is damaged") from error
            waiting = unpacker.unconsumed_tail
            yield part
            if unpacker.eof:
                return
    if not unpacker.eof:
        raise Unfit("it ends in the middle")


def _too_large(max_bytes: int) -> str:
    return f"it is larger than {max_bytes / 2**20:.3g} MB"
