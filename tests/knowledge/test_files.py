"""K1: which files an ingest takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ogma.knowledge.files import select


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    for name in ("a.md", "b.txt", "deep/er/c.md", ".hidden.md", ".git/d.md", "pic.PNG"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return folder


def names(*paths: Path | str) -> list[str]:
    return [file.name for file in select(map(str, paths)).files]


def test_a_folder_gives_all_below_it_but_hidden_files_and_media(docs: Path) -> None:
    chosen = select([str(docs)])
    assert [file.name for file in chosen.files] == ["a.md", "b.txt", "deep/er/c.md"]
    assert chosen.folders == [docs.resolve()]
    assert chosen.skipped == 1


def test_a_file_goes_by_its_own_name(docs: Path) -> None:
    assert names(docs / "deep/er/c.md") == ["c.md"]


def test_a_picture_named_by_itself_is_taken(docs: Path) -> None:
    assert names(docs / "pic.PNG") == ["pic.PNG"]


def test_globs(docs: Path) -> None:
    assert names(docs / "*.md") == ["a.md"]
    assert names(docs / "**/*.md") == ["a.md", "c.md"]


def test_a_file_with_glob_characters_in_its_name_is_a_file(docs: Path) -> None:
    (docs / "what[1]?.md").write_text("x")
    assert names(docs / "what[1]?.md") == ["what[1]?.md"]


def test_what_is_not_there_is_told(docs: Path) -> None:
    chosen = select([str(docs / "nope.md"), str(docs / "*.pdf")])
    assert [reason for _, reason in chosen.failed] == ["there is no such file"] * 2


def test_a_pipe_is_not_read(docs: Path) -> None:
    os.mkfifo(docs / "pipe")
    (failure,) = select([str(docs / "pipe")]).failed
    assert failure[1] == "it is not a regular file"
    assert "pipe" not in names(docs)


def test_each_file_comes_once(docs: Path) -> None:
    (docs / "link.md").symlink_to(docs / "a.md")
    assert names(docs, docs / "a.md", docs / "*.md").count("a.md") == 1


def test_a_link_that_leads_nowhere_is_left_out(docs: Path) -> None:
    (docs / "broken.md").symlink_to(docs / "gone.md")
    assert "broken.md" not in names(docs)


def test_names_that_are_no_text_can_be_stored(docs: Path) -> None:
    (docs / os.fsdecode(b"b\xff.md")).write_text("x")
    (name,) = [name for name in names(docs) if name.startswith("b") and name.endswith(".md")]
    assert name == "b\ufffd.md"


def test_a_longer_name_has_one_more_folder(docs: Path) -> None:
    (file,) = select([str(docs / "deep/er/c.md")]).files
    assert file.longer_name("c.md") == "er/c.md"
    assert file.longer_name("er/c.md") == "deep/er/c.md"
