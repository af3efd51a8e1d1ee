"""T2: hostile text in every field of every format does nothing, and loads nothing."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ogma.domain.archive import ArchivedTicket, View
from ogma.transcripts.index import index_entry, render_index
from ogma.transcripts.render import render_html, render_json, render_markdown, render_text

from .dom import faults, parse
from .hostile import CORPUS, poisoned
from .samples import bare_ticket, message

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("text", CORPUS)
def test_a_page_has_nothing_that_acts(ticket: ArchivedTicket, text: str, view: View) -> None:
    page = render_html(poisoned(ticket, text), view)
    page.encode()
    assert faults(page) == []
    assert not CONTROL.search(page)


@pytest.mark.parametrize("text", CORPUS)
def test_an_index_has_nothing_that_acts(ticket: ArchivedTicket, text: str) -> None:
    bad = poisoned(ticket, text)
    page = render_index([index_entry(bad, text.encode("utf-8", "replace").decode())])
    assert faults(page) == []


@pytest.mark.parametrize("text", CORPUS)
def test_markdown_becomes_no_html_in_any_viewer(ticket: ArchivedTicket, text: str) -> None:
    source = render_markdown(poisoned(ticket, text), View.STAFF)
    source.encode()
    assert not CONTROL.search(source)
    viewer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    shown = parse(viewer.render(source))
    assert {one.tag for one in shown.walk()} <= {
        *("#document", "h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "s", "a"),
        *("blockquote", "code", "pre", "br", "hr"),
    }
    for link in shown.all("a"):
        assert re.match(r"https?://|mailto:", link.attributes["href"])


@pytest.mark.parametrize("text", CORPUS)
def test_json_comes_back_as_it_was_and_is_safe_to_show(ticket: ArchivedTicket, text: str) -> None:
    source = render_json(poisoned(ticket, text), View.STAFF)
    source.encode()
    assert not set("<>&") & set(source)
    assert not CONTROL.search(source)
    assert json.loads(source)["messages"][0]["content"] == text
    assert json.loads(source)["customer"]["name"] == text


@pytest.mark.parametrize("text", CORPUS)
def test_text_leaves_the_terminal_alone(ticket: ArchivedTicket, text: str) -> None:
    source = render_text(poisoned(ticket, text), View.STAFF)
    source.encode()
    assert not CONTROL.search(source)


def test_nothing_that_was_said_is_lost_to_escaping() -> None:
    """What is shown is what was typed, wherever it has no meaning in Markdown."""
    for text in ("<b>not bold</b> & 'quotes' \"too\"", "{{ 7 * 7 }}", "a < b > c && d", "&lt;"):
        page = parse(render_html(bare_ticket(messages=(message(1, text=text),)), View.STAFF))
        assert page.one("article").one("div", "text").text == text


@given(st.text(max_size=300))
def test_any_text_is_harmless(text: str) -> None:
    bad = poisoned(bare_ticket(messages=(message(1, text="x"),)), text)
    assert faults(render_html(bad, View.STAFF)) == []


MARKS = st.text(alphabet="*_~|`[]()<>\\# \n-1.@:/htpsx&\"'", max_size=200)


@given(MARKS)
def test_any_markup_is_harmless(text: str) -> None:
    bad = bare_ticket(messages=(message(1, text=text),))
    assert faults(render_html(bad, View.STAFF)) == []


@pytest.mark.browser
def test_a_browser_agrees(ticket: ArchivedTicket, tmp_path: Path, chromium: str) -> None:
    """The whole corpus in one page, as Chromium builds it: no script, no handler, no request."""
    page = tmp_path / "page.html"
    text = "\n".join(one for one in CORPUS if len(one) < 500)
    page.write_text(
        render_html(poisoned(ticket, text), View.STAFF), encoding="utf-8", errors="strict"
    )
    command = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    run = subprocess.run(
        [*command, profile, page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    assert "<article" in run.stdout
    assert faults(run.stdout) == []
