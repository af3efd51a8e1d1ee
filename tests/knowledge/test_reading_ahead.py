"""K1: files are read ahead, in order, within bounds, and never after the end."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from ogma.knowledge import reading_ahead
from ogma.knowledge.chunks import Chunk, Cut
from ogma.knowledge.content import Unreadable
from ogma.knowledge.reading_ahead import ReadingAhead


class Held:
    """Reads a file once it may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.read_names: list[str] = []

    def read(self, data: bytes, name: str) -> Cut:
        self.may.wait(30)
        self.read_names.append(name)
        if data == b"bad":
            raise Unreadable("it is bad")
        return Cut(name, (Chunk("", data.decode()),))

    def close(self) -> None:
        self.may.set()


def test_files_come_out_in_their_order_with_their_reasons() -> None:
    reading = Held()
    with closing(reading), closing(ReadingAhead[int](reading)) as ahead:
        for number, data in enumerate((b"one", b"bad", b"three")):
            ahead.ask(number, data, f"{number}.md")
        assert not ahead.is_ready
        reading.may.set()
        first, second, third = ahead.take(), ahead.take(), ahead.take()
        assert [first[0], second[0], third[0]] == [0, 1, 2]
        assert first[1].result().chunks[0].text == "one"
        with pytest.raises(Unreadable, match="it is bad"):
            second[1].result()
        assert third[1].result().title == "2.md"
        assert len(ahead) == 0 and not ahead.is_ready


def test_what_waits_is_bounded_by_number_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "MOST_FILES", 3)
    monkeypatch.setattr(reading_ahead, "MOST_BYTES", 10)
    reading = Held()
    with closing(reading), closing(ReadingAhead[str](reading)) as ahead:
        for name in ("a", "b"):
            ahead.ask(name, b"x", name)
        assert not ahead.is_full
        ahead.ask("c", b"x", "c")
        assert ahead.is_full
        ahead.take()
        assert not ahead.is_full
        ahead.ask("d", b"12345678", "d")
        assert ahead.is_full


def test_what_was_not_begun_is_not_read_after_the_end() -> None:
    reading = Held()
    ahead = ReadingAhead[str](reading)
    for name in ("a", "b", "c"):
        ahead.ask(name, b"x", name)
    _, begun = ahead.take()
    ahead.close()
    reading.close()
    begun.result(30)
    assert reading.read_names == ["a"]
