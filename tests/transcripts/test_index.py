from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from ogma.domain.archive import ArchivedTicket
from ogma.domain.clock import DAY
from ogma.transcripts.render import index_entry, render_index

from .dom import faults, parse
from .samples import bare_ticket


def test_tickets_are_listed_newest_first_by_month(ticket: ArchivedTicket) -> None:
    entries = [
        index_entry(
            replace(bare_ticket(), number=1, opened_at=ticket.opened_at - 20 * DAY), "1.html"
        ),
        index_entry(ticket, "42.html"),
        index_entry(replace(bare_ticket(), number=40, opened_at=ticket.opened_at - DAY), "40.html"),
    ]
    page = render_index(entries)
    assert faults(page) == []
    document = parse(page)
    assert [h.text for h in document.all("h2")] == ["March 2026", "February 2026"]
    assert [[a.attributes["href"] for a in t.all("a")] for t in document.all("table")] == [
        ["./42.html", "./40.html"],
        ["./1.html"],
    ]
    cells = [td.text for td in document.all("tbody")[0].all("tr")[0].all("td")]
    assert cells == [
        "#42", "Exports stop at 90 %", "Billing", "alice", "2026-03-12 14:02",
        "Resolved", "Helpful 👍", "AI and people",
    ]  # fmt: skip


def test_file_names_cannot_lead_elsewhere() -> None:
    for name in ("javascript:alert(1)", "//evil.example", "a b#c?d.html", 'ä"<.html'):
        document = parse(render_index([index_entry(bare_ticket(), name)]))
        href = document.one("a").attributes["href"]
        assert href.startswith("./")
        assert not set('"<> #?:') & set(href)


def test_an_empty_index_says_so() -> None:
    assert "There is no ticket here." in parse(render_index([])).one("p", "empty").text


def test_the_zone_decides_the_month() -> None:
    late = replace(bare_ticket(), opened_at=1_775_001_540_000)  # 2026-03-31T23:59:00Z
    berlin = parse(render_index([index_entry(late, "1.html")], zone=ZoneInfo("Europe/Berlin")))
    assert berlin.one("h2").text == "April 2026"
    assert parse(render_index([index_entry(late, "1.html")])).one("h2").text == "March 2026"
