"""Named points at which the test suite kills the process; free of any effect otherwise.

`OGMA_CRASH_AT=archive.sent` kills on the first pass, `archive.sent#2` on the second.
"""

from __future__ import annotations

import os
import signal

ENVIRONMENT = "OGMA_CRASH_AT"


class _Trap:
    """What the environment asked for when the process started."""

    def __init__(self, wanted: str) -> None:
        name, _, count = wanted.partition("#")
        self.name = name
        self.left = int(count) if count.isdigit() else 1

    def pass_by(self, name: str) -> None:
        if name != self.name:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


_trap = _Trap(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None


def point(name: str) -> None:
    """Die here, without any clean-up, if this point was asked for."""
    if _trap is not None:
        _trap.pass_by(name)
