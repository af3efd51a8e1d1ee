"""What rules, service levels, alerts and webhooks work from, and what they have done."""

from __future__ import annotations

from typing import Any

STATEMENTS = (
    "ALTER TABLE ticket ADD COLUMN nudged_at INTEGER",
    """
    CREATE TABLE happening (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
      event_id INTEGER REFERENCES event (id) ON DELETE CASCADE,
      message_id INTEGER REFERENCES message (id) ON DELETE CASCADE,
      by_rule INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX happening_ticket ON happening (ticket_id)",
    "CREATE INDEX happening_event ON happening (event_id)",
    "CREATE INDEX happening_message ON happening (message_id)",
    """
    CREATE TABLE sla (
      ticket_id INTEGER PRIMARY KEY REFERENCES ticket (id) ON DELETE CASCADE,
      basis TEXT NOT NULL,
      next_at INTEGER,
      first_response_due INTEGER,
      first_response_warned INTEGER,
      first_response_breached INTEGER,
      resolution_due INTEGER,
      resolution_warned INTEGER,
      resolution_breached INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE rule_firing (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      ticket_id INTEGER NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      rule_id TEXT NOT NULL,
      rule_name TEXT NOT NULL,
      trigger TEXT NOT NULL,
      cause TEXT NOT NULL,
      outcome TEXT NOT NULL,
      UNIQUE (rule_id, cause)
    ) STRICT
    """,
    "CREATE INDEX rule_firing_ticket ON rule_firing (ticket_id, id)",
    """
    CREATE TABLE alert (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      ticket_id INTEGER REFERENCES ticket (id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      topic TEXT NOT NULL,
      text TEXT NOT NULL,
      params TEXT NOT NULL DEFAULT '{}',
      sent_at INTEGER
    ) STRICT
    """,
    "CREATE INDEX alert_waiting ON alert (id) WHERE sent_at IS NULL",
    "CREATE INDEX alert_ticket ON alert (ticket_id)",
)


def up(migrator: Any, db: Any) -> None:
    """Create the tables. A happening is an event, or a customer's message, that rules and
    webhooks have still to look at; it is deleted in the transaction that holds what comes of it.
    """
    del migrator
    for statement in STATEMENTS:
        db.execute_sql(statement)
