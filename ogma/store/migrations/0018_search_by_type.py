"""The search over what was said knows each message's ticket type, so that a type costs no walk."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "DROP TRIGGER message_heard",
    "DROP TRIGGER message_forgotten",
    "DROP TRIGGER message_reworded",
    "DROP TABLE message_fts",
    """
    CREATE VIEW message_found AS
      SELECT m.id, m.content, t.type_id AS scope
      FROM message m JOIN ticket t ON t.id = m.ticket_id
    """,
    """
    CREATE VIRTUAL TABLE message_fts USING fts5 (
      content, scope, content = 'message_found', content_rowid = 'id',
      tokenize = 'porter unicode61 remove_diacritics 2'
    )
    """,
    "INSERT INTO message_fts (message_fts, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO message_fts (rowid, content, scope) SELECT id, content, scope FROM message_found",
    """
    CREATE TRIGGER message_heard AFTER INSERT ON message BEGIN
      INSERT INTO message_fts (rowid, content, scope)
      SELECT id, content, scope FROM message_found WHERE id = new.id;
    END
    """,
    """
    CREATE TRIGGER message_forgotten AFTER DELETE ON message BEGIN
      INSERT INTO message_fts (message_fts, rowid, content, scope)
      SELECT 'delete', old.id, old.content, type_id FROM ticket WHERE id = old.ticket_id;
    END
    """,
    """
    CREATE TRIGGER message_reworded AFTER UPDATE OF content ON message
      WHEN old.content <> new.content BEGIN
      INSERT INTO message_fts (message_fts, rowid, content, scope)
      SELECT 'delete', old.id, old.content, type_id FROM ticket WHERE id = old.ticket_id;
      INSERT INTO message_fts (rowid, content, scope)
      SELECT id, content, scope FROM message_found WHERE id = new.id;
    END
    """,
    """
    CREATE TRIGGER ticket_transferred AFTER UPDATE OF type_id ON ticket
      WHEN old.type_id <> new.type_id BEGIN
      INSERT INTO message_fts (message_fts, rowid, content, scope)
      SELECT 'delete', id, content, old.type_id FROM message WHERE ticket_id = new.id;
      INSERT INTO message_fts (rowid, content, scope)
      SELECT id, content, new.type_id FROM message WHERE ticket_id = new.id;
    END
    """,
)


def up(migrator: Any, db: Any) -> None:
    """Build the index anew with a second column, `scope`, the type of the message's ticket.

    It still holds no text of its own; the triggers keep it in step with `message` and with the
    type of `ticket` in the same transaction.
    """
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)
