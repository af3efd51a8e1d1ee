"""The knowledge base: documents, their chunks, the vectors, and the full-text index."""

from __future__ import annotations

from typing import Any

STATEMENTS = """
CREATE TABLE document (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'text', 'url', 'tip')),
  origin TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER,
  parser INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  UNIQUE (kind, origin)
) STRICT;

CREATE TABLE chunk (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  context TEXT NOT NULL,
  heading TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (document_id, position)
) STRICT;

CREATE TABLE document_type (
  document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  type_id TEXT NOT NULL,
  PRIMARY KEY (document_id, type_id)
) STRICT;

CREATE TABLE embedding_model (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  fingerprint TEXT NOT NULL UNIQUE,
  library TEXT NOT NULL,
  dim INTEGER NOT NULL CHECK (dim > 0),
  canary BLOB NOT NULL
) STRICT;

CREATE TABLE embedding (
  model_id INTEGER NOT NULL REFERENCES embedding_model (id) ON DELETE CASCADE,
  chunk_id INTEGER NOT NULL REFERENCES chunk (id) ON DELETE CASCADE,
  vector BLOB NOT NULL,
  PRIMARY KEY (model_id, chunk_id)
) STRICT;

CREATE INDEX embedding_chunk ON embedding (chunk_id);

CREATE TABLE knowledge (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL,
  stamp TEXT NOT NULL,
  model_id INTEGER REFERENCES embedding_model (id) ON DELETE SET NULL
) STRICT;

INSERT INTO knowledge (id, generation, stamp) VALUES (1, 0, 'empty');

CREATE VIRTUAL TABLE chunk_fts USING fts5 (
  context, text, content = 'chunk', content_rowid = 'id',
  tokenize = 'porter unicode61 remove_diacritics 2'
);

INSERT INTO chunk_fts (chunk_fts, rank) VALUES ('secure-delete', 1);

CREATE VIRTUAL TABLE chunk_term USING fts5vocab ('chunk_fts', 'row');

CREATE TRIGGER chunk_added AFTER INSERT ON chunk BEGIN
  INSERT INTO chunk_fts (rowid, context, text) VALUES (new.id, new.context, new.text);
END;

CREATE TRIGGER chunk_removed AFTER DELETE ON chunk BEGIN
  INSERT INTO chunk_fts (chunk_fts, rowid, context, text)
  VALUES ('delete', old.id, old.context, old.text);
END;

CREATE TRIGGER chunk_is_final BEFORE UPDATE ON chunk BEGIN
  SELECT RAISE (ABORT, 'a chunk is never changed, only replaced');
END
"""


def up(migrator: Any, db: Any) -> None:
    """Create the tables. Statements end with ';' before an empty line; triggers hold ';' inside."""
    del migrator
    for statement in STATEMENTS.split(";\n\n"):
        db.execute_sql(statement)
