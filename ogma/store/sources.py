"""Queries on followed websites and their pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ogma.domain.clock import Millis
from ogma.domain.sources import Page, Source, SourceKind
from ogma.store.database import Database

_SOURCE = (
    "id, name, kind, url, prefix, depth, max_pages, schedule, types, roles, added_at, tried_at,"
    " synced_at, error"
)


def sources(db: Database) -> list[Source]:
    """All sources by name."""
    rows = db.execute(f"SELECT {_SOURCE} FROM source ORDER BY name")
    return [_source(row) for row in rows]


def get(db: Database, source_id: int) -> Source | None:
    """One source."""
    rows = db.execute(f"SELECT {_SOURCE} FROM source WHERE id = ?", (source_id,))
    return _source(rows[0]) if rows else None


def _source(row: tuple[Any, ...]) -> Source:
    number, name, kind, url, prefix, depth, most, schedule, types, roles, *times = row
    limits = (frozenset(json.loads(types)), frozenset(json.loads(roles)))
    return Source(
        number, name, SourceKind(kind), url, prefix, depth, most, schedule, *limits, *times
    )


def add(db: Database, source: Source) -> int:
    """Store a new source; its id is given, the one in it is not looked at."""
    (row,) = db.execute(
        "INSERT INTO source (name, kind, url, prefix, depth, max_pages, schedule, types,"
        " roles, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*_settings(source), source.added_at),
    )
    return int(row[0])


def change(db: Database, source: Source) -> None:
    """Store what an owner may change about a source."""
    db.execute(
        "UPDATE source SET name = ?, kind = ?, url = ?, prefix = ?, depth = ?, max_pages = ?,"
        " schedule = ?, types = ?, roles = ? WHERE id = ?",
        (*_settings(source), source.id),
    )


def _settings(source: Source) -> tuple[object, ...]:
    limits = (json.dumps(sorted(source.types)), json.dumps(sorted(source.roles)))
    return (
        *(source.name, source.kind, source.url, source.prefix, source.depth),
        *(source.max_pages, source.schedule, *limits),
    )


def note_sync(db: Database, source_id: int, began: Millis, error: str | None) -> None:
    """A sync came to its end."""
    db.execute(
        "UPDATE source SET tried_at = ?1, error = ?2,"
        " synced_at = CASE WHEN ?2 IS NULL THEN ?1 ELSE synced_at END WHERE id = ?3",
        (began, error, source_id),
    )


def delete(db: Database, source_id: int) -> None:
    """Remove a source and what is known of its pages; the documents stay."""
    db.execute("DELETE FROM source WHERE id = ?", (source_id,))


# -- pages -------------------------------------------------------------------------------------


def pages(db: Database, source_id: int, parser: int) -> dict[str, Page]:
    """What is known of a source's pages, by URL.

    A page whose text was cut by another `parser` counts as one that is not stored; one that was
    stored, and whose document is not there, was removed by hand.
    """
    rows = db.execute(
        "SELECT p.url, p.etag, p.last_modified, p.sha256, p.characters, p.links, p.gone, p.problem,"
        " CASE d.parser WHEN ? THEN d.sha256 END, d.id IS NULL AND p.sha256 IS NOT NULL"
        " FROM source_page AS p LEFT JOIN document AS d ON d.kind = 'url' AND d.origin = p.url"
        " WHERE p.source_id = ?",
        (parser, source_id),
    )
    return {row[0]: _page(row) for row in rows}


def _page(row: tuple[Any, ...]) -> Page:
    url, etag, last_modified, sha256, characters, links, gone, problem, stored, barred = row
    return Page(
        url=url,
        etag=etag,
        last_modified=last_modified,
        sha256=sha256,
        characters=characters,
        links=tuple(json.loads(links)),
        gone=gone,
        problem=problem,
        stored=stored,
        barred=bool(barred),
    )


def put_page(db: Database, source_id: int, page: Page) -> None:
    """Store how a page was seen last."""
    db.execute(
        "INSERT INTO source_page (source_id, url, etag, last_modified, sha256, characters, links,"
        " gone, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (source_id, url) DO UPDATE SET etag = excluded.etag,"
        " last_modified = excluded.last_modified, sha256 = excluded.sha256,"
        " characters = excluded.characters, links = excluded.links, gone = excluded.gone,"
        " problem = excluded.problem",
        (
            *(source_id, page.url, page.etag, page.last_modified, page.sha256, page.characters),
            *(json.dumps(page.links), page.gone, page.problem),
        ),
    )


def drop_pages(db: Database, source_id: int, urls: Iterable[str]) -> list[str]:
    """Forget pages of a source; gives the URLs that no other source has."""
    left = []
    for url in urls:
        db.execute("DELETE FROM source_page WHERE source_id = ? AND url = ?", (source_id, url))
        if not db.execute("SELECT 1 FROM source_page WHERE url = ? LIMIT 1", (url,)):
            left.append(url)
    return left


def documents_of(db: Database, urls: Iterable[str]) -> dict[str, int]:
    """URL -> id of the document that was taken from it."""
    rows = db.execute(
        "SELECT origin, id FROM document WHERE kind = 'url'"
        " AND origin IN (SELECT value FROM json_each(?))",
        (json.dumps(list(urls)),),
    )
    return dict(rows)


def names_in_use(db: Database) -> set[str]:
    """The names of documents that come from elsewhere."""
    return {row[0] for row in db.execute("SELECT name FROM document WHERE kind <> 'url'")}


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of a source's pages altogether."""

    pages: int
    """In the knowledge base."""
    flagged: int
    """Of those, kept although the site shows something else."""
    retrieved_at: Millis | None
    """When one of them was last put forward for a question."""


NOTHING: Final = Tally(0, 0, None)


def tallies(db: Database) -> dict[int, Tally]:
    """Source id -> its tally, of sources with pages."""
    rows = db.execute(
        "SELECT p.source_id, count(d.id),"
        " count(CASE WHEN d.id IS NOT NULL THEN p.problem END), max(p.retrieved_at)"
        " FROM source_page AS p LEFT JOIN document AS d ON d.kind = 'url' AND d.origin = p.url"
        " GROUP BY p.source_id"
    )
    return {row[0]: Tally(*row[1:]) for row in rows}


def problems(db: Database, source_id: int) -> list[tuple[str, str]]:
    """(URL, problem) of the pages that have one, by URL."""
    return [
        (row[0], row[1])
        for row in db.execute(
            "SELECT url, problem FROM source_page WHERE source_id = ? AND problem IS NOT NULL"
            " ORDER BY url",
            (source_id,),
        )
    ]
