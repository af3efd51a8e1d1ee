"""Queries on documents, their chunks, and the full-text index."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import apsw

from ogma.domain.clock import Millis
from ogma.domain.limits import EVERYTHING, Reader
from ogma.domain.passages import Passage
from ogma.errors import StoreBusy, StoreError
from ogma.store import limits, vectors, versions
from ogma.store.database import Database

TOKENIZER = ("porter", ["unicode61", "remove_diacritics", "2"])
"""The full-text index's tokenizer, as the migration names it."""


UNFINISHED = -1
"""The parser of a document that is not there yet, or not any more: see `unfinished.py`."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where the knowledge base stands. `stamp` differs whenever the content may."""

    generation: int
    stamp: str
    model_id: int | None
    fingerprint: str | None
    dim: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """One document as stored."""

    id: int
    name: str
    kind: str
    origin: str
    """The absolute path of a file, the address of a page."""
    title: str
    url: str | None
    sha256: str
    size: int
    mtime_ns: int | None
    """None when a change could hide behind an equal time; then the content is compared."""
    parser: int
    added_at: Millis
    changed_at: Millis
    types: frozenset[str]
    """The ticket types that it is limited to; empty means all."""
    roles: frozenset[int] = frozenset()
    """The roles that it is limited to; empty means everybody."""


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored, in place of the one with the same kind and origin."""

    name: str
    kind: str
    origin: str
    title: str
    url: str | None
    sha256: str
    size: int
    mtime_ns: int | None
    parser: int
    chunks: tuple[NewChunk, ...]
    types: frozenset[str] | None = None
    """The ticket types that it answers; empty means all, None what its earlier version did."""
    roles: frozenset[int] | None = None
    """The same for the roles of those whom it answers."""
    places: Mapping[str, bytes] = field(default_factory=dict)
    """The vector of each context among its chunks; empty where no model was at hand."""


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk to be stored; `vector` is None where no model was at hand."""

    context: str
    heading: str
    text: str
    vector: bytes | None = None
    """As `store/vectors.py` keeps it."""
    lines: bytes | None = None
    """The vectors of its lines one after another, if it is a list of short ones."""
    fragment: str = ""
    """What follows the '#' in a link to it; empty for none."""


_PASSAGE = (
    "c.id, d.name, d.title, c.heading,"
    " CASE c.fragment WHEN '' THEN d.url ELSE d.url || '#' || c.fragment END, c.text"
)
_DOCUMENT = (
    "id, name, kind, origin, title, url, sha256, size, mtime_ns, parser, added_at, changed_at"
)


# -- state -------------------------------------------------------------------------------------


def status(db: Database) -> Status:
    """The generation, and the model whose vectors are searched."""
    row = db.execute(
        "SELECT generation, stamp, model_id, fingerprint, dim FROM knowledge AS k"
        " LEFT JOIN embedding_model AS m ON m.id = k.model_id"
    )[0]
    return Status(*row)


def advance(db: Database) -> None:
    """Note that the content has changed; inside the transaction that changes it."""
    db.execute(
        "UPDATE knowledge SET generation = generation + 1, stamp = ?", (secrets.token_hex(8),)
    )


# -- documents ---------------------------------------------------------------------------------


def documents(db: Database) -> list[Document]:
    """All documents by name."""
    known = limits.of_documents(db)
    nobody: tuple[frozenset[str], frozenset[int]] = (frozenset(), frozenset())
    rows = db.execute(
        f"SELECT {_DOCUMENT} FROM document WHERE parser <> {UNFINISHED} ORDER BY name"
    )
    return [Document(*(*row, *known.get(row[0], nobody))) for row in rows]


def files(db: Database) -> dict[str, tuple[int, int, int | None, int]]:
    """Path -> (document id, size, time or None, parser) of every document read from a file.

    All that an ingest of unchanged files needs to know, in a fraction of the time of `documents`.
    """
    rows = db.execute(
        "SELECT origin, id, size, mtime_ns, parser FROM document"
        f" WHERE kind = 'file' AND parser <> {UNFINISHED}"
    )
    return {origin: (row, size, mtime_ns, parser) for origin, row, size, mtime_ns, parser in rows}


def chunk_counts(db: Database) -> dict[int, int]:
    """Document id -> number of its chunks."""
    return dict(db.execute("SELECT document_id, count(*) FROM chunk GROUP BY document_id"))


def put(
    db: Database,
    document: NewDocument,
    model_id: int | None,
    now: Millis,
    drop: Callable[[Database, int], None] | None = None,
) -> int:
    """Store a document with its chunks and vectors; the version before it goes. Gives its id.

    `drop` takes the earlier version away; by default it is deleted.
    """
    added_at, before = versions.retired(db, document, drop or delete, now)
    (found,) = db.execute(
        "INSERT INTO document (name, kind, origin, title, url, sha256, size, mtime_ns, parser,"
        " added_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            document.name,
            document.kind,
            document.origin,
            document.title,
            document.url,
            document.sha256,
            document.size,
            document.mtime_ns,
            document.parser,
            added_at,
            now,
        ),
    )
    versions.limit_new(db, found[0], before, document)
    versions.add_chunks(db, found[0], document.chunks, model_id)
    if model_id is not None:
        for context, vector in document.places.items():
            vectors.add_place(db, model_id, found[0], context, vector)
    return int(found[0])


def note_seen(db: Database, document_id: int, origin: str, mtime_ns: int | None) -> None:
    """The same content was found again, perhaps elsewhere or with another time."""
    db.execute(
        "UPDATE document SET origin = ?, mtime_ns = ? WHERE id = ?",
        (origin, mtime_ns, document_id),
    )


def delete(db: Database, document_id: int) -> None:
    """Remove a document with its chunks, their vectors and their words."""
    db.execute("DELETE FROM document WHERE id = ?", (document_id,))


def delete_named(db: Database, name: str) -> bool:
    """Remove the document of this name; False when there is none."""
    return bool(db.execute("DELETE FROM document WHERE name = ? RETURNING id", (name,)))


# -- chunks ------------------------------------------------------------------------------------


def count_chunks(db: Database) -> int:
    """How many chunks there are."""
    return int(db.execute("SELECT count(*) FROM chunk")[0][0])


def chunk_ids(db: Database) -> list[int]:
    """All chunks, ascending."""
    return [row[0] for row in db.execute("SELECT id FROM chunk ORDER BY id")]


def texts(db: Database, wanted: Sequence[int]) -> list[tuple[int, str, str]]:
    """(id, context, text) of the chunks named that still exist, ascending."""
    rows = db.execute(
        "SELECT id, context, text FROM chunk WHERE id IN (SELECT value FROM json_each(?))"
        " ORDER BY id",
        (json.dumps(list(wanted)),),
    )
    return [(row[0], row[1], row[2]) for row in rows]


def chunks_of(db: Database, document_id: int) -> list[Passage]:
    """A document's chunks in order."""
    return [
        Passage(*row)
        for row in db.execute(
            f"SELECT {_PASSAGE} FROM chunk AS c"
            " JOIN document AS d ON d.id = c.document_id WHERE d.id = ? ORDER BY c.position",
            (document_id,),
        )
    ]


def passages(
    db: Database, chunk_ids: Sequence[int], reader: Reader = EVERYTHING
) -> dict[int, Passage]:
    """The chunks that still exist, by id: what an index remembers beyond them is gone.

    Documents that the reader may not see are left out.
    """
    rows = db.execute(
        f"SELECT {_PASSAGE} FROM chunk AS c"
        " JOIN document AS d ON d.id = c.document_id"
        " WHERE c.id IN (SELECT value FROM json_each(?3))"
        f" AND d.parser <> {UNFINISHED} AND d.id NOT IN {limits.HIDDEN}",
        (*limits.values(reader), json.dumps(list(chunk_ids))),
    )
    return {row[0]: Passage(*row) for row in rows}


# -- words -------------------------------------------------------------------------------------


def tokens(db: Database, text: str) -> list[tuple[str, str]]:
    """(word, stem) of each word, exactly as the full-text index sees them."""
    connection: apsw.Connection = db.peewee.connection()
    tokenizer = connection.fts5_tokenizer(*TOKENIZER)
    utf8 = text.encode("utf-8", errors="replace")
    found = cast("list[tuple[int, int, str]]", tokenizer(utf8, apsw.FTS5_TOKENIZE_QUERY, None))
    return [(utf8[start:end].decode("utf-8", "replace"), stem) for start, end, stem in found]


def stemmer(db: Database) -> Callable[[str], list[str]]:
    """A function that gives the stems of a text exactly as the full-text index keeps them."""
    connection: apsw.Connection = db.peewee.connection()
    tokenizer = connection.fts5_tokenizer(*TOKENIZER)

    def stems(text: str) -> list[str]:
        utf8 = text.encode("utf-8", errors="replace")
        found = tokenizer(
            utf8,
            apsw.FTS5_TOKENIZE_DOCUMENT,
            None,
            include_offsets=False,
            include_colocated=False,
        )
        return cast("list[str]", found)

    return stems


def stem_counts(db: Database, stems: Iterable[str]) -> dict[str, int]:
    """Stem -> number of chunks with it; stems that no chunk has are left out."""
    rows = db.execute(
        "SELECT term, doc FROM chunk_term WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps(list(stems)),),
    )
    return dict(rows)


def match(
    db: Database, words: Sequence[str], limit: int, hidden: Sequence[int] = ()
) -> dict[int, float]:
    """Chunk id -> BM25 (bigger is better) of the best chunks with any of the words.

    `hidden` chunks are passed over.
    """
    if not words:
        return {}
    shown = " AND rowid NOT IN (SELECT value FROM json_each(?3))" if hidden else ""
    rows = db.execute(
        f"SELECT rowid, -rank FROM chunk_fts WHERE chunk_fts MATCH ?1{shown}"
        " ORDER BY rank LIMIT ?2",
        (any_of(words), limit, *((json.dumps(list(hidden)),) if hidden else ())),
    )
    return dict(rows)


def any_of(words: Sequence[str]) -> str:
    """A full-text query for any of the words, whatever they consist of."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def rebuild_words(db: Database) -> None:
    """Make the full-text index anew from the chunks."""
    db.execute("INSERT INTO chunk_fts (chunk_fts) VALUES ('rebuild')")


def words_are_sound(db: Database) -> bool:
    """Whether the full-text index says the same as the chunks."""
    try:
        db.execute("INSERT INTO chunk_fts (chunk_fts, rank) VALUES ('integrity-check', 1)")
    except StoreBusy:
        raise
    except StoreError:
        return False
    return True
