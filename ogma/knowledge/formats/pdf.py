"""PDF to Markdown: paragraphs joined from lines, headings told by their size, tables, pages."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from ogma.knowledge.content import PAGE_BREAK, Content, Unreadable
from ogma.knowledge.formats.pdf_page import Line, lines_of

MOST_PAGES: Final = 5_000
_HEADING_RATIO: Final = 1.15
"""How much larger than the body a line must be set to be a heading."""
_LONGEST_HEADING: Final = 120
_HEADING_LEVELS: Final = 3
_BULLET: Final = re.compile(r"^\s*(?:[•◦▪‣·●○■–—*-]|\(?\d{1,2}[.)])\s+")
_LIST_MARK: Final = re.compile(r"^\s*[•◦▪‣·●○■]\s+")
_SENTENCE_END: Final = re.compile(r"[.!?:;。！？][\"'”’)\]]*$")
_REPEATED_SHARE: Final = 0.5
"""A first or last line on more than this share of the pages is a running header or footer."""
_SHORT_LINE: Final = 0.7
"""A line shorter than this share of the usual length ends its paragraph."""


def read_pdf(data: bytes) -> Content:
    """The text of a PDF; raises Unreadable when it is locked, damaged or without text."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        reason = str(error).lower()
        if "password" in reason or "security" in reason:
            raise Unreadable("it is encrypted with a password") from error
        raise Unreadable("it is a damaged PDF") from error
    try:
        count = len(document)
        if count > MOST_PAGES:
            raise Unreadable(f"it has {count} pages and the limit is {MOST_PAGES}")
        title = str(document.get_metadata_dict().get("Title") or "").strip()
        pages = [_lines(document, number) for number in range(count)]
    finally:
        document.close()
    sound = [lines for lines in pages if lines is not None]
    if not sound:
        raise Unreadable("it is a damaged PDF" if pages else "it has no pages")
    if not any(sound):
        raise Unreadable("it has no text; a scan needs text recognition first")
    kept = _without_running_lines([lines or [] for lines in pages])
    return Content(_markdown(kept), markdown=True, title=_sensible(title))


def _lines(document: Any, number: int) -> list[Line] | None:
    """The lines of a page; None where the page is damaged."""
    try:
        page = document[number]
    except pdfium.PdfiumError:
        return None
    try:
        return lines_of(page)
    except pdfium.PdfiumError:
        return None
    finally:
        page.close()


def _without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Drop headers, footers and page numbers that repeat from page to page."""
    if len(pages) < 3:
        return pages
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_without_digits(line) for line in lines[:2] + lines[-2:]})
    often = {text for text, count in edges.items() if count > _REPEATED_SHARE * len(pages)}
    kept = [
        [
            line
            for at, line in enumerate(lines)
            if not ((at < 2 or at >= len(lines) - 2) and _without_digits(line) in often)
        ]
        for lines in pages
    ]
    return kept if any(kept) else pages


def _without_digits(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _markdown(pages: list[list[Line]]) -> str:
    letters: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            letters[line.size] += 0 if line.is_table else len(line.text)
    body = letters.most_common(1)[0][0] if letters else 0.0
    sizes = {size for size in letters if body > 0 and size >= _HEADING_RATIO * body}
    levels = {size: level for level, size in enumerate(sorted(sizes, reverse=True), 1)}
    return PAGE_BREAK.join(_page(lines, levels) for lines in pages)


def _page(lines: list[Line], levels: dict[float, int]) -> str:
    usual = max((len(line.text) for line in lines if not line.is_table), default=0)
    blocks: list[str] = []
    paragraph = ""
    heading: tuple[float, int] | None = None
    for line in lines:
        if line.is_table:
            blocks += [paragraph, line.text] if paragraph else [line.text]
            paragraph, heading = "", None
            continue
        level = levels.get(line.size, 0) if _may_be_heading(line) else 0
        if level:
            if paragraph:
                blocks.append(paragraph)
                paragraph = ""
            if heading == (line.size, len(blocks)):
                blocks[-1] += f" {line.text}"
            else:
                blocks.append(f"{'#' * min(level, _HEADING_LEVELS)} {line.text}")
            heading = (line.size, len(blocks))
            continue
        if _BULLET.match(line.text) and paragraph:
            blocks.append(paragraph)
            paragraph = ""
        paragraph = _appended(paragraph, line.text)
        if len(line.text) < _SHORT_LINE * usual and _SENTENCE_END.search(line.text):
            blocks.append(paragraph)
            paragraph = ""
    if paragraph:
        blocks.append(paragraph)
    return "\n\n".join(_LIST_MARK.sub("- ", block, count=1) for block in blocks)


def _may_be_heading(line: Line) -> bool:
    told = any(letter.isalpha() for letter in line.text) and "…" not in line.text
    return told and len(line.text) <= _LONGEST_HEADING


def _appended(paragraph: str, line: str) -> str:
    if not paragraph:
        return line
    if paragraph.endswith("-") and line[:1].islower():
        return paragraph[:-1] + line
    return f"{paragraph} {line}"


def _sensible(title: str) -> str | None:
    """Titles that programs leave behind name nothing."""
    if len(title) < 3 or re.search(
        r"\.\w{2,4}$|^(untitled|microsoft word|document\d*)", title, re.I
    ):
        return None
    return title
