"""Places get ids that are never given twice: by these the places in memory follow the table."""

from __future__ import annotations

from typing import Any

STATEMENTS = """
CREATE TABLE numbered_place (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES embedding_model (id) ON DELETE CASCADE,
  context TEXT NOT NULL,
  vector BLOB NOT NULL,
  UNIQUE (document_id, model_id, context)
) STRICT;

INSERT INTO numbered_place (document_id, model_id, context, vector)
  SELECT document_id, model_id, context, vector FROM place ORDER BY document_id, context;

DROP TABLE place;

ALTER TABLE numbered_place RENAME TO place;

CREATE INDEX place_model ON place (model_id)
"""


def up(migrator: Any, db: Any) -> None:
    """Copy the table. What was found by the text above chunks is now found in memory."""
    del migrator
    for statement in STATEMENTS.split(";\n\n"):
        db.execute_sql(statement)
