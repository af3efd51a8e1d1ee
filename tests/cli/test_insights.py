"""I1: the figures in the terminal, as JSON and as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ogma.domain.clock import HOUR
from ogma.reports.page import page
from ogma.services import jobs
from ogma.services.desk import Desk
from ogma.store import drafts
from ogma.texts import load

from . import desks
from .desks import NOW, SAM, ogma, printed

HOSTILE = '</style><script>alert(1)</script><img src="http://x">'


@pytest.fixture
def desk(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Three tickets, one of which is closed and was answered by staff."""
    desks.alone(data_dir, monkeypatch)
    desk = desks.make_desk(data_dir)
    for name in ("alice", "bob", "carol"):
        desks.open_ticket(desk, name, "Where is my parcel?")
    for number, job in enumerate(jobs.claim(desk, 9)):
        jobs.complete(desk, job, {"channel": 9_001 + number, "name": job.key})
    with desk.db.write():
        desk.db.execute(
            "UPDATE ticket SET first_response_at = opened_at + ?, closing_at = opened_at + ?,"
            " state = 'closed', close_reason = 'resolved', csat = 'helpful', claimed_by = ?,"
            " claimed_by_name = ? WHERE id = 1",
            (HOUR, 2 * HOUR, SAM.id, HOSTILE),
        )
    return desk


PERIOD = ("--since", "2025-12-31", "--until", "2026-01-01")


def test_i1_as_json(desk: Desk, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ogma(data_dir, "insights", *PERIOD, "--json") == 0
    found = printed(capsys)
    assert (found["since"], found["until"]) == (
        "2025-12-31T00:00:00.000Z",
        "2026-01-02T00:00:00.000Z",
    )
    assert (found["totals"]["opened"], found["totals"]["closed"]) == (3, 1)
    assert found["totals"]["first_response_ms"] == {"count": 1, "p50": HOUR, "p90": HOUR}
    assert found["before"]["opened"] == 0


def test_i1_fits_into_80_columns(
    desk: Desk,
    data_dir: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    assert ogma(data_dir, "insights", *PERIOD) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert re.search(r"Tickets opened +3", shown)
    assert re.search(r"First reply, half within +60 min", shown)
    assert re.search(r"Helpful \(1 ratings\) +100%", shown)


def test_a7_the_agreement_with_drafts_is_shown_by_type(
    desk: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A7: in the terminal, as JSON and on the page; what has no verdict yet is no disagreement."""
    states = {"support": ("sent", "sent", "edited", "wrong", "open"), "billing": ("sent", "open")}
    for number, (kind, judged) in enumerate(states.items(), 2):
        for one in judged:
            ticket = desk.ticket(number)
            desks.say(desk, ticket, ticket.customer_name, f"And when it was {one}?")
            desks.decide(desk, ticket, answered=True)
            [[answer]] = desk.db.execute("SELECT max(id) FROM answer")
            with desk.db.write():
                made = drafts.add(desk.db, answer, number, kind, 0, NOW)
                drafts.update(desk.db, made, state=one)
    assert ogma(data_dir, "insights", *PERIOD) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert "support: 50% of 5 sent as drafted" in " ".join(shown.split())
    assert "billing: 100% of 2 sent as drafted" in " ".join(shown.split())
    assert ogma(data_dir, "insights", *PERIOD, "--json") == 0
    counted = {one["type"]: one for one in printed(capsys)["shadow"]}
    verdicts = [counted["support"][one] for one in ("drafts", "sent", "edited", "wrong")]
    assert (verdicts, counted["support"]["agreement"]) == ([5, 2, 1, 1], 0.5)
    assert counted["billing"]["agreement"] == 1
    file = tmp_path / "page.html"
    assert ogma(data_dir, "insights", *PERIOD, "--html", str(file)) == 0
    assert re.search(r"support(?:\s|<[^>]*>)+5(?:\s|<[^>]*>)+2", file.read_text(encoding="utf-8"))


def test_i1_an_empty_folder_has_figures(
    data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desks.alone(data_dir, monkeypatch)
    desks.make_desk(data_dir)
    assert ogma(data_dir, "insights", "--days", "90") == 0
    assert "Tickets opened" in capsys.readouterr().out


class Seen(HTMLParser):
    """The tags of a page, and every address in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        names = {"src", "href", "xlink:href", "action"}
        self.addresses += [value or "" for name, value in attrs if name in names]
        assert not [name for name, _ in attrs if name.startswith("on")]


def test_i1_the_page_runs_nothing_and_loads_nothing(
    desk: Desk, data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file, charts as SVG, whatever people call themselves."""
    file = tmp_path / "page.html"
    assert ogma(data_dir, "insights", *PERIOD, "--html", str(file)) == 0
    text = file.read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(text)
    assert "svg" in seen.tags
    assert not seen.tags & {"script", "img", "link", "iframe", "object"}
    assert not seen.addresses
    assert not re.search(r"url\(|@import", text)
    assert "default-src 'none'; style-src 'unsafe-inline'" in text
    assert "prefers-color-scheme: dark" in text
    assert "&lt;script&gt;alert(1)" in text


def test_i1_the_page_of_an_empty_period(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ogma.services.insights import Period, insights

    desks.alone(data_dir, monkeypatch)
    desk = desks.make_desk(data_dir)
    shown = page(insights(desk, Period.days(7, NOW)), load("en"))
    assert "Support desk" in shown


def test_i1_the_page_speaks_the_configured_language(
    desk: Desk, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """U2: every word of the page is one of the catalogue, which the owner may override."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'language = "de"\n{desks.CONFIG}\n[texts]\n"report.title" = "Unser Schalter"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("OGMA_CONFIG", str(config))
    file = tmp_path / "page.html"
    assert ogma(data_dir, "insights", *PERIOD, "--html", str(file)) == 0
    shown = file.read_text(encoding="utf-8")
    assert '<html lang="de">' in shown
    assert "<h1>Unser Schalter</h1>" in shown
    assert "31.12.2025 bis 01.01.2026" in shown
    for german in ("Geöffnete Tickets", "Gelöst", ">Mo<", "Bewertungen: 1", "2,0 h", "Keine."):
        assert german in shown
    words = Words()
    words.feed(shown)
    ours = set(load("en").under("report").values()) | set(load("en").under("insights").values())
    same = set(load("de").under("report").values())
    assert not {word for word in words.found if len(word) > 4} & (ours - same)


class Words(HTMLParser):
    """What stands between the tags."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.found.add(data.strip())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--until", "2026-01-01"),
        ("--since", "2026-01-02", "--until", "2026-01-01"),
        ("--days", "8"),
    ],
)
def test_i1_a_period_that_is_none(
    desk: Desk, data_dir: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ogma(data_dir, "insights", *arguments) == 2
