from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.archive import ArchivedTicket

from .samples import rich_ticket


@pytest.fixture
def ticket(tmp_path: Path) -> ArchivedTicket:
    """One of everything, with its files on disk."""
    return rich_ticket(tmp_path)
