"""Python imports this at start-up from PYTHONPATH: it guards the tests' child processes."""

from __future__ import annotations

import os

if "OGMA_TEST_NETWORK_LOG" in os.environ:
    from network import install

    install()
