"""Websites that are followed, their pages, and where on a page a passage stands."""

from __future__ import annotations

from typing import Any

STATEMENTS = """
CREATE TABLE source (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('page', 'sitemap', 'crawl')),
  url TEXT NOT NULL,
  prefix TEXT NOT NULL,
  depth INTEGER NOT NULL,
  max_pages INTEGER NOT NULL,
  schedule TEXT NOT NULL,
  types TEXT NOT NULL,
  roles TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  tried_at INTEGER,
  synced_at INTEGER,
  error TEXT,
  UNIQUE (kind, url)
) STRICT;

CREATE TABLE source_page (
  source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  etag TEXT,
  last_modified TEXT,
  sha256 TEXT,
  characters INTEGER NOT NULL,
  links TEXT NOT NULL,
  gone INTEGER NOT NULL,
  problem TEXT,
  retrieved_at INTEGER,
  PRIMARY KEY (source_id, url)
) STRICT, WITHOUT ROWID;

CREATE INDEX source_page_url ON source_page (url);

ALTER TABLE chunk ADD COLUMN fragment TEXT NOT NULL DEFAULT '';

CREATE TRIGGER page_retrieved AFTER INSERT ON answer
WHEN json_valid(new.record) BEGIN
  UPDATE source_page SET retrieved_at = new.at WHERE url IN (
    SELECT json_extract(value, '$.document') FROM json_each(new.record, '$.candidates')
  );
END;
"""


def up(migrator: Any, db: Any) -> None:
    """Create the tables. Statements end with ';' before an empty line; triggers hold ';' inside."""
    del migrator
    for statement in STATEMENTS.split(";\n\n"):
        db.execute_sql(statement)
