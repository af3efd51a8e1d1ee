"""What Discord writes by itself in a ticket's channel, told apart from what people and bots say."""

from __future__ import annotations

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """Add Discord's message type; 0 where somebody wrote it."""
    del migrator
    db.execute_sql("ALTER TABLE message ADD COLUMN system INTEGER NOT NULL DEFAULT 0")
