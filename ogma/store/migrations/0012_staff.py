"""The team and whose turn it is, tags and priority, and the search over what was said."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE ticket ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal'"
    " CHECK (priority IN ('low', 'normal', 'high', 'urgent'))",
    "ALTER TABLE ticket ADD COLUMN assigning TEXT"
    " CHECK (assigning IN ('round_robin', 'load_balanced'))",
    "CREATE INDEX ticket_state ON ticket (state, id)",
    "CREATE INDEX ticket_claimed ON ticket (claimed_by, state, id) WHERE claimed_by IS NOT NULL",
    """
    CREATE TABLE tag (
      ticket_id INTEGER NOT NULL REFERENCES ticket (id),
      name TEXT NOT NULL,
      at INTEGER NOT NULL,
      by_name TEXT NOT NULL,
      PRIMARY KEY (ticket_id, name)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX tag_name ON tag (name, ticket_id)",
    """
    CREATE TABLE teammate (
      user_id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      roles TEXT NOT NULL,
      seen_at INTEGER NOT NULL,
      away_at INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE turn (
      type_id TEXT NOT NULL,
      user_id INTEGER NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (type_id, user_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE VIRTUAL TABLE message_fts USING fts5 (
      content, content = 'message', content_rowid = 'id',
      tokenize = 'porter unicode61 remove_diacritics 2'
    )
    """,
    "INSERT INTO message_fts (message_fts, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO message_fts (rowid, content) SELECT id, content FROM message",
    """
    CREATE TRIGGER message_heard AFTER INSERT ON message BEGIN
      INSERT INTO message_fts (rowid, content) VALUES (new.id, new.content);
    END
    """,
    """
    CREATE TRIGGER message_forgotten AFTER DELETE ON message BEGIN
      INSERT INTO message_fts (message_fts, rowid, content)
      VALUES ('delete', old.id, old.content);
    END
    """,
    """
    CREATE TRIGGER message_reworded AFTER UPDATE OF content ON message
      WHEN old.content <> new.content BEGIN
      INSERT INTO message_fts (message_fts, rowid, content)
      VALUES ('delete', old.id, old.content);
      INSERT INTO message_fts (rowid, content) VALUES (new.id, new.content);
    END
    """,
)


def up(migrator: Any, db: Any) -> None:
    """Add the columns and tables.

    `ticket.assigning` is how a ticket that waits for somebody eligible is to be assigned;
    `turn.number` grows with every ticket that goes round. `message_fts` holds no text of its own:
    the triggers keep it in step with `message` in the same transaction, and what is taken out of it
    is overwritten, not marked.
    """
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)
