"""Playing on while the bot dies: people try again, as they do in Discord."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.town import Town

_TIMES = 5
"""How often people try. A crash costs them one or two attempts."""


def persist(town: Town, act: Callable[[], object], done: Callable[[], object]) -> None:
    """Do it, and again until it has worked."""
    for _ in range(_TIMES):
        if done():
            return
        town.wait_until(lambda: _listening(town), "somebody listens")
        came_of_it = act()
    assert done(), f"it does not work: {came_of_it}\n{town.story()}"


def _listening(town: Town) -> bool:
    there = any(session["connected"] for session in town.state()["sessions"])
    return there and town.bot.exit_code is None and bool(town.by_bot("open-a-ticket"))


def until_died(town: Town, times: int = 1) -> None:
    """Wait until the bot has died at its points, was started again, and has finished."""
    town.wait_until(lambda: town.revivals == times, "each point is passed, and the bot died there")
    town.until_idle()
