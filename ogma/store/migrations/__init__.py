"""Append-only, numbered schema steps, run in order by playhouse's runner (see `store/opening.py`).

Each file is `NNNN_name.py` with `def up(migrator, db)` that runs plain SQL through
`db.execute_sql`; a step that was released is never edited. Each runs in one transaction.
"""
