"""P37: what happens to config.toml while the bot runs, whatever writes it and however."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ogma.settings.watch import PATIENCE, Reading, Watch, reading
from tests.settings.conftest import RIGHT

CHANGED = RIGHT.replace('"General"', '"Help"')


@pytest.fixture
def watch(config: Path) -> Watch:
    """A watch that knows the valid config."""
    return Watch(config, reading(config).digest)


def settled(watch: Watch) -> Reading | None:
    """What a second look brings, once the first has seen something new."""
    assert watch.poll() is None
    return watch.poll()


def label(found: Reading | None) -> str:
    assert found is not None
    assert found.settings is not None
    return found.settings.types[0].label


def test_nothing_new_is_nothing(watch: Watch, config: Path) -> None:
    """Touched, saved unchanged, given a byte order mark or another inode: no edit."""
    os.utime(config)
    assert settled(watch) is None
    config.write_text(RIGHT, "utf-8")
    assert settled(watch) is None
    config.write_bytes(b"\xef\xbb\xbf" + RIGHT.encode())
    assert settled(watch) is None
    other = config.with_name("new")
    other.write_text(RIGHT, "utf-8")
    other.replace(config)
    assert settled(watch) is None


def test_an_edit_is_told_once(watch: Watch, config: Path) -> None:
    """S5: with its settings and its text, at the second look."""
    config.write_text(CHANGED, "utf-8")
    found = settled(watch)
    assert label(found) == "Help"
    assert found is not None
    assert found.text == CHANGED
    assert watch.poll() is None
    assert watch.poll() is None


def test_an_edit_that_changes_neither_size_nor_time(watch: Watch, config: Path) -> None:
    """P37: content is what counts."""
    before = config.stat()
    config.write_text(RIGHT.replace('"General"', '"Generic"'[:8] + '"'), "utf-8")
    os.utime(config, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert config.stat().st_size == before.st_size
    assert label(settled(watch)) == "Generic"


def test_replaced_by_an_editor(watch: Watch, config: Path) -> None:
    """P37: a new inode under the old name; for a moment there is no file at all."""
    config.rename(config.with_name("config.toml~"))
    assert watch.poll() is None
    fresh = config.with_name("fresh")
    fresh.write_text(CHANGED, "utf-8")
    fresh.replace(config)
    assert label(settled(watch)) == "Help"


def test_a_file_that_is_being_written_is_neither_bad_nor_half_taken(
    watch: Watch, config: Path
) -> None:
    """P37: truncated, then written in pieces, of which one is a valid config by itself."""
    half = CHANGED[: CHANGED.index('[[types]]\nid = "billing"')]
    for written in ("", CHANGED[:40], half):
        config.write_text(written, "utf-8")
        assert watch.poll() is None
    config.write_text(CHANGED, "utf-8")
    found = watch.poll() or watch.poll()
    assert found is not None
    assert found.text == CHANGED


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty"),
        (CHANGED[:200].encode(), "line "),
        (CHANGED.replace('"extractive"', "7").encode(), "ai.engine is 7"),
        (CHANGED.replace("engine", "engin").encode(), 'did you mean "engine"?'),
        (CHANGED.replace("panel = 21", "panel = 21\npanel = 24").encode(), "line 9: this key"),
        (CHANGED.encode("utf-16"), "not UTF-8"),
        (CHANGED.encode() + b"\xff", "not UTF-8"),
    ],
    ids=["empty", "truncated", "type", "unknown-key", "twice", "utf-16", "bad-byte"],
)
def test_a_bad_edit_is_told_once_with_its_place(
    watch: Watch, config: Path, raw: bytes, said: str
) -> None:
    """P37: file, key, line and reason; then silence until something changes."""
    config.write_bytes(raw)
    found = settled(watch)
    assert found is not None
    assert found.settings is None
    assert said in found.problems[0]
    assert str(config) in found.problems[0]
    assert watch.poll() is None
    config.write_text(RIGHT, "utf-8")
    assert label(settled(watch)) == "General"


@pytest.mark.parametrize(
    "raw",
    [b"\xef\xbb\xbf" + CHANGED.encode(), CHANGED.replace("\n", "\r\n").encode()],
    ids=["bom", "crlf"],
)
def test_marks_and_line_ends_of_other_systems(watch: Watch, config: Path, raw: bytes) -> None:
    """P37: a byte order mark and CRLF are no fault."""
    config.write_bytes(raw)
    assert label(settled(watch)) == "Help"


def test_a_file_that_is_gone_or_cannot_be_read(watch: Watch, config: Path) -> None:
    """P37: permissions; a folder in its place stands for what root may read all the same."""
    config.unlink()
    found = settled(watch)
    assert found is not None
    assert "There is no config file" in found.problems[0]
    config.mkdir()
    found = settled(watch)
    assert found is not None
    assert "Cannot read the config file" in found.problems[0]
    config.rmdir()
    config.write_text(RIGHT, "utf-8")
    assert label(settled(watch)) == "General"


def test_saved_all_the_time(watch: Watch, config: Path) -> None:
    """P37, S5: 10 saves a second never settle; after a few looks a valid one is taken."""
    taken = []
    for number in range(PATIENCE + 1):
        config.write_text(RIGHT.replace('"General"', f'"Help {number}"'), "utf-8")
        taken.append(watch.poll())
    assert taken[:-1] == [None] * PATIENCE
    assert label(taken[-1]) == f"Help {PATIENCE}"


def test_bad_content_is_not_told_while_it_is_written(watch: Watch, config: Path) -> None:
    """P37: only what stays is a mistake."""
    for number in range(PATIENCE * 3):
        config.write_text(f"bad = {number}", "utf-8")
        assert watch.poll() is None
    assert watch.poll() is not None
