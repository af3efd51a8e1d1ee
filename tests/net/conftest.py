"""Web servers on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.net.loopback import Site, site


@pytest.fixture
def web() -> Iterator[Site]:
    """A web server whose routes the test sets."""
    with site() as served:
        yield served
