"""P39: a hostile file harms nothing; it is one line with the reason, and the next one is read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import closing

import pytest

from ogma.knowledge import reading
from ogma.knowledge.content import Unreadable
from ogma.knowledge.reading import ReadingProcess
from tests.knowledge import office_files as made
from tests.knowledge.test_formats import bomb


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    opened = ReadingProcess()
    yield opened
    opened.close()


@pytest.fixture
def hostile() -> Iterator[ReadingProcess]:
    opened = ReadingProcess(worker="tests.knowledge.hostile_worker")
    yield opened
    opened.close()


def pid(reader: ReadingProcess) -> str:
    return reader.read(b"", "fine").chunks[0].text


def test_files_are_read_in_one_process_of_their_own(process: ReadingProcess) -> None:
    found = process.read(b"# T\n\n## A\n\nOne.\n", "a.md")
    assert (found.title, found.chunks[0].heading, found.chunks[0].text) == ("T", "A", "One.")
    paged = process.read(made.pdf([(11, "Hello")], [(11, "there")]), "b.pdf")
    assert [chunk.page for chunk in paged.chunks] == [1]
    assert process.read(made.word(made.paragraph("Hi")), "c.docx").chunks[0].text == "Hi"


def test_one_process_reads_many_files(hostile: ReadingProcess) -> None:
    assert pid(hostile) == pid(hostile)


def test_the_process_is_replaced_after_many_files(
    hostile: ReadingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FILES_PER_PROCESS", 2)
    assert len({pid(hostile) for _ in range(4)}) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("crash", "its reader crashed"),
        ("spin", "s of computing"),
        ("hog", "MB of memory"),
        ("bug", r"its reader failed \(ZeroDivisionError: of all things\)"),
        ("recurse", "nested too deeply"),
        ("refuse", "it does not want to be read"),
    ],
)
def test_a_breach_is_a_reason_and_the_next_file_is_read(
    hostile: ReadingProcess, name: str, reason: str
) -> None:
    pid(hostile)
    with pytest.raises(Unreadable, match=reason):
        hostile.read(b"", name)
    assert pid(hostile).isdigit()


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with closing(ReadingProcess(wall_s=1, worker="tests.knowledge.hostile_worker")) as process:
        with pytest.raises(Unreadable, match="takes more than 1 s"):
            process.read(b"", "hang")
        with contextlib.suppress(Unreadable):  # a busy machine may need longer than that to start
            assert pid(process).isdigit()


@pytest.mark.parametrize("name", ["socket", "program", "write"])
def test_a_reader_reaches_nothing(hostile: ReadingProcess, name: str) -> None:
    assert hostile.read(b"", name).chunks[0].text == "refused"


def test_what_a_library_prints_does_no_harm(hostile: ReadingProcess) -> None:
    assert hostile.read(b"", "print").chunks[0].text.isdigit()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (bomb(), "bomb.docx"),
        (b"[" * 200_000, "deep.json"),
        (b"<html><body>" + b"<b>" * 200_000, "deep.html"),
        (b"> " * 100_000 + b"x", "deep.md"),
        (b"[" * 100_000, "brackets.md"),
        (b"- " * 50_000, "list.md"),
        (b"|a|b|\n|-|-|\n" + b"|x|y|\n" * 50_000, "table.md"),
        (b"a" * 3_000_000, "word.txt"),
        (made.pdf([(11, "x")], kids="2 0 R 2 0 R 2 0 R"), "loop.pdf"),
        (made.word(made.paragraph("ok")), "../../etc/passwd.docx"),
        (made.word(made.paragraph("ok")), "invoice\u202efdp.docx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_files_end_in_passages_or_a_reason(
    process: ReadingProcess, data: bytes, name: str
) -> None:
    try:
        assert process.read(data, name).chunks
    except Unreadable as reason:
        assert str(reason)
    assert process.read(b"still here", "a.txt").chunks[0].text == "still here"
