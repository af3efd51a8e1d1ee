"""A listing that refreshes in place until the person stops it."""

from __future__ import annotations

import time
from collections.abc import Callable

from ogma.cli.output import Output
from ogma.errors import UsageError

EVERY_S = 2.0


def watch(output: Output, draw: Callable[[], object]) -> None:
    """Draw again and again on one screen; Ctrl-C ends it. Raises UsageError without a terminal."""
    if not output.on_screen:
        raise UsageError("--watch needs a terminal; without one, call the command again instead.")
    try:
        with output.screen() as clear:
            while True:
                clear()
                draw()
                time.sleep(EVERY_S)
    except KeyboardInterrupt:
        return
