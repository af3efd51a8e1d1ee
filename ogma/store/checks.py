"""What the database says of the files beside it."""

from __future__ import annotations

from ogma.store.database import Database


def archives(db: Database) -> list[tuple[str, str]]:
    """(folder, digest of its transcript.json) of every archived ticket."""
    rows = db.execute(
        "SELECT archive_path, archive_sha256 FROM ticket WHERE archive_path IS NOT NULL ORDER BY id"
    )
    return [(str(row[0]), str(row[1])) for row in rows]


def attachments(db: Database) -> dict[str, str]:
    """By path, the digest of every attachment that is kept."""
    rows = db.execute(
        "SELECT DISTINCT f.value ->> '$.kept', f.value ->> '$.sha256' FROM"
        " (SELECT files FROM message WHERE files <> '[]'"
        "  UNION ALL SELECT files FROM intake_answer WHERE files <> '[]') AS s,"
        " json_each(s.files) AS f WHERE f.value ->> '$.kept' IS NOT NULL ORDER BY 1"
    )
    return {str(row[0]): str(row[1]) for row in rows}
