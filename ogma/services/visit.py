"""A data folder as the command line sees it, beside a running bot or without one."""

from __future__ import annotations

from pathlib import Path

from ogma.domain.policies import Settings
from ogma.errors import NotFound
from ogma.services import clock
from ogma.services.desk import Desk
from ogma.store.opening import FILE_NAME, open_database


def visit(data: Path, settings: Settings) -> Desk:
    """The desk of a folder that has a database; raises NotFound rather than creating one."""
    if not (data / FILE_NAME).exists():
        raise NotFound(
            f"There is no database in {data}, so there is nothing to show; `ogma run` makes one, "
            "or name the right folder with --data."
        )
    desk = Desk(open_database(data), lambda: settings, data)
    clock.load_offset(desk)
    return desk
