from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from ogma.domain.archive import View
from ogma.transcripts.images import MAX_IMAGE, MAX_TOTAL, ImageBudget
from ogma.transcripts.render import render_html

from .dom import parse
from .samples import bare_ticket, message, png, stored


def test_a_picture_stands_in_the_file_itself(tmp_path: Path) -> None:
    address = ImageBudget().inline(stored(tmp_path, "a.png", png()))
    assert address == f"data:image/png;base64,{base64.b64encode(png()).decode()}"


@pytest.mark.parametrize(
    ("start", "kind"),
    [(b"\xff\xd8\xff\xe0", "jpeg"), (b"GIF89a", "gif"), (b"RIFF\0\0\0\0WEBP", "webp")],
)
def test_the_type_is_told_by_content_not_by_name(tmp_path: Path, start: bytes, kind: str) -> None:
    address = ImageBudget().inline(stored(tmp_path, "a.txt", start + b"x"))
    assert address is not None
    assert address.startswith(f"data:image/{kind};")


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"<html>", b"BM", b"RIFF"],
)
def test_what_is_no_safe_picture_becomes_a_card(tmp_path: Path, content: bytes) -> None:
    file = stored(tmp_path, "picture.png", content)
    assert ImageBudget().inline(file) is None
    page = parse(render_html(bare_ticket(messages=(message(1, files=(file,)),)), View.STAFF))
    assert page.all("img") == []
    assert "picture.png" in page.one("div", "file").text


def test_a_picture_over_the_limit_or_one_that_lies_about_its_size_becomes_a_card(
    tmp_path: Path,
) -> None:
    file = stored(tmp_path, "a.png", png() + b"x" * MAX_IMAGE)
    assert ImageBudget().inline(file) is None
    assert ImageBudget().inline(replace(file, size=10)) is None


def test_a_file_that_is_gone_becomes_a_card(tmp_path: Path) -> None:
    file = stored(tmp_path, "a.png", png())
    Path(file.path or "").unlink()
    assert ImageBudget().inline(file) is None
    assert ImageBudget().inline(replace(file, path=None)) is None


def test_the_budget_of_a_ticket_is_spent_once(tmp_path: Path) -> None:
    file = stored(tmp_path, "a.png", png())
    length = len(ImageBudget().inline(file) or "")
    budget = ImageBudget(total=2 * length + 1)
    assert [budget.inline(file) is None for _ in range(3)] == [False, False, True]


def test_a_long_ticket_with_many_pictures_fits_discord(tmp_path: Path) -> None:
    """2,000 messages with 200 attachments: under Discord's 8 MiB, nothing left out."""
    size = 150 * 1024
    file = stored(tmp_path, "a.png", png() + b"\0" * (size - len(png())))
    said = tuple(
        message(
            number + 1,
            text=f"message {number}: " + "some words of ordinary length " * 4,
            at=number * 1000,
            files=(file,) if number % 10 == 0 else (),
        )
        for number in range(2000)
    )
    source = render_html(bare_ticket(messages=said), View.STAFF)
    assert len(source.encode()) < 8 * 1024 * 1024
    page = parse(source)
    assert len(page.all("article")) == 2000
    pictures = len(page.all("img"))
    assert pictures == MAX_TOTAL // (len("data:image/png;base64,") + 4 * -(-size // 3))
    assert pictures + len(page.all("div", "file")) == 200
