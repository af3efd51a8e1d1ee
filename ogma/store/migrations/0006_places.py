"""The vectors of places: of titles and heading paths by themselves."""

from __future__ import annotations

from typing import Any

STATEMENTS = """
CREATE TABLE place (
  document_id INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES embedding_model (id) ON DELETE CASCADE,
  context TEXT NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (document_id, model_id, context)
) STRICT;

CREATE INDEX place_context ON place (model_id, context);

DELETE FROM calibration
"""


def up(migrator: Any, db: Any) -> None:
    """Create the table. Calibrations were made for scores without places, so they go."""
    del migrator
    for statement in STATEMENTS.split(";\n\n"):
        db.execute_sql(statement)
