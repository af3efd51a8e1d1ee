"""Files are read while what was read before is embedded: one after the other, in their order."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from ogma.knowledge.chunks import Cut
from ogma.knowledge.reading import Reading

MOST_FILES: Final = 200
MOST_BYTES: Final = 64 * 2**20
"""What may wait, so that memory stays flat whatever the files."""

For = TypeVar("For")


class ReadingAhead(Generic[For]):
    """A queue of files that are read in a thread; they come out in the order they went in."""

    def __init__(self, reading: Reading) -> None:
        """The caller closes `reading`, after this."""
        self._reading = reading
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._waiting: deque[tuple[For, Future[Cut], int]] = deque()
        self._bytes = 0

    def ask(self, purpose: For, data: bytes, name: str) -> None:
        """Have a file read; `purpose` comes out with it."""
        future = self._pool.submit(self._reading.read, data, name)
        self._waiting.append((purpose, future, len(data)))
        self._bytes += len(data)

    def __len__(self) -> int:
        """How many files have not been taken out."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether one has to be taken out before the next is asked for."""
        return len(self._waiting) >= MOST_FILES or self._bytes >= MOST_BYTES

    @property
    def is_ready(self) -> bool:
        """Whether the oldest can be taken out without waiting for it."""
        return bool(self._waiting) and self._waiting[0][1].done()

    def take(self) -> tuple[For, Future[Cut]]:
        """The oldest; its future raises what reading it raised."""
        purpose, future, size = self._waiting.popleft()
        self._bytes -= size
        return purpose, future

    def close(self) -> None:
        """Read no more of what was asked for; does not wait for the file that is being read."""
        self._pool.shutdown(wait=False, cancel_futures=True)
