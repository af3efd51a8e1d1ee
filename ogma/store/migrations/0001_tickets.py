"""Tickets, their messages and history, the outbox, and who may write."""

from __future__ import annotations

from typing import Any

STATEMENTS = """
CREATE TABLE ticket (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  guild_id INTEGER NOT NULL,
  type_id TEXT NOT NULL,
  customer_id INTEGER NOT NULL,
  customer_name TEXT NOT NULL,
  slot INTEGER,
  state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'closing', 'closed', 'failed')),
  interaction_id INTEGER UNIQUE,
  channel_id INTEGER UNIQUE,
  channel_name TEXT,
  greeting_id INTEGER,
  subject TEXT,
  description TEXT,
  claimed_by INTEGER,
  claimed_by_name TEXT,
  claimed_at INTEGER,
  escalated_at INTEGER,
  locked_at INTEGER,
  opened_at INTEGER NOT NULL,
  last_staff_at INTEGER,
  last_customer_at INTEGER,
  last_activity_at INTEGER NOT NULL,
  first_response_at INTEGER,
  closing_at INTEGER,
  closed_at INTEGER,
  close_reason TEXT,
  close_note TEXT,
  close_cause TEXT,
  closed_by INTEGER,
  closed_by_name TEXT,
  csat TEXT CHECK (csat IN ('helpful', 'unhelpful', 'skipped', 'undelivered')),
  csat_comment TEXT,
  archive_path TEXT,
  archive_sha256 TEXT,
  archived_at INTEGER,
  failure TEXT,
  warned_at INTEGER,
  close_request_at INTEGER,
  close_request_by TEXT,
  close_request_reason TEXT,
  close_request_due INTEGER,
  grace_until INTEGER,
  follow_up_at INTEGER,
  follow_up TEXT CHECK (follow_up IN ('planned', 'asked', 'solved', 'unsolved', 'undelivered')),
  refers_to INTEGER REFERENCES ticket (id),
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX ticket_slot ON ticket (guild_id, type_id, customer_id, slot)
  WHERE slot IS NOT NULL AND state IN ('opening', 'open', 'closing');
CREATE INDEX ticket_live ON ticket (state) WHERE state IN ('opening', 'open', 'closing');
CREATE INDEX ticket_opened ON ticket (opened_at);

CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  ticket_id INTEGER NOT NULL REFERENCES ticket (id),
  origin TEXT NOT NULL CHECK (origin IN ('intake', 'channel')),
  author_id INTEGER NOT NULL,
  author_name TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('customer', 'staff', 'ogma', 'other')),
  content TEXT NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  reply_to INTEGER,
  pinned INTEGER NOT NULL DEFAULT 0,
  embeds TEXT NOT NULL DEFAULT '[]',
  components TEXT NOT NULL DEFAULT '[]',
  files TEXT NOT NULL DEFAULT '[]',
  ai TEXT,
  answer_id INTEGER REFERENCES answer (id)
) STRICT;
CREATE INDEX message_ticket ON message (ticket_id, id);
CREATE INDEX message_pending ON message (ticket_id) WHERE ai = 'pending';

CREATE TABLE message_version (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
  until INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX message_version_of ON message_version (message_id);

CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  ticket_id INTEGER NOT NULL REFERENCES ticket (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor_id INTEGER,
  actor TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  staff_only INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX event_ticket ON event (ticket_id, id);

CREATE TABLE answer (
  id INTEGER PRIMARY KEY,
  ticket_id INTEGER REFERENCES ticket (id),
  at INTEGER NOT NULL,
  question TEXT NOT NULL,
  searched TEXT NOT NULL,
  outcome TEXT NOT NULL,
  record TEXT NOT NULL,
  message_id INTEGER,
  withdrawn TEXT,
  feedback TEXT
) STRICT;
CREATE INDEX answer_ticket ON answer (ticket_id, id);

CREATE TABLE escalation (
  id INTEGER PRIMARY KEY,
  ticket_id INTEGER NOT NULL REFERENCES ticket (id),
  at INTEGER NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('open', 'claimed', 'answered', 'handed_back', 'out_of_scope', 'closed')),
  reasons TEXT NOT NULL,
  question TEXT NOT NULL DEFAULT '',
  passages TEXT NOT NULL DEFAULT '[]',
  out_of_scope INTEGER NOT NULL DEFAULT 0,
  changed_at INTEGER,
  changed_by TEXT NOT NULL DEFAULT '',
  ended_at INTEGER,
  message_id INTEGER
) STRICT;
CREATE UNIQUE INDEX escalation_open ON escalation (ticket_id) WHERE ended_at IS NULL;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  requires INTEGER REFERENCES job (id),
  ticket_id INTEGER REFERENCES ticket (id),
  payload TEXT NOT NULL DEFAULT '{}',
  state TEXT NOT NULL DEFAULT 'todo'
    CHECK (state IN ('todo', 'doing', 'done', 'failed', 'blocked')),
  created_at INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  last_error TEXT,
  receipt TEXT,
  done_at INTEGER
) STRICT;
CREATE INDEX job_waiting ON job (lane, id) WHERE state IN ('todo', 'doing');
CREATE INDEX job_ticket ON job (ticket_id);

CREATE TABLE participant (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id),
  user_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  removed_at INTEGER,
  PRIMARY KEY (ticket_id, user_id)
) STRICT;

CREATE TABLE access_snapshot (
  ticket_id INTEGER NOT NULL REFERENCES ticket (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('lockdown', 'closing')),
  overwrites TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ticket_id, purpose)
) STRICT;

CREATE TABLE flag (
  id INTEGER PRIMARY KEY,
  ticket_id INTEGER NOT NULL REFERENCES ticket (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '',
  resolved_at INTEGER,
  resolved_by TEXT
) STRICT;
CREATE UNIQUE INDEX flag_open ON flag (ticket_id, kind) WHERE resolved_at IS NULL;

CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
"""


def up(migrator: Any, db: Any) -> None:
    """Create the first schema."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
