"""Play drills: `python -m tests.drill --seed N --hours H [--seeds COUNT]`.

A failure prints the seed, the step and the story since the last quiet point; the same seed plays
the same plan again.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.drill.checks import wrong
from tests.drill.people import Memory, People
from tests.drill.plan import FAULTS, Plan, plan
from tests.drill.weather import Weather
from tests.e2e import invariants
from tests.e2e.conftest import CONFIG, LIBRARY, OPTIONS
from tests.e2e.town import NO_WAIT, Town

REST_S = 60
"""Real seconds within which a bot must come to rest in fine weather."""

FORGIVEN = ("is tried again", "could not be caught up", "Attempting a reconnect")
"""Of the bot's log: what a bad day is expected to bring."""


class Violation(Exception):
    """An invariant does not hold."""


def main() -> int:
    """Play one seed or several; 0 when every invariant held."""
    parser = argparse.ArgumentParser(prog="scripts/drill", description="Days with faults.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--seeds", type=int, default=1, help="so many, from --seed on")
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ogma-drill-") as folder:
        library = _library(Path(folder))
        for seed in range(asked.seed, asked.seed + asked.seeds):
            failed += not _play_one(plan(seed, asked.hours), Path(folder) / str(seed), library)
    return 1 if failed else 0


def _library(folder: Path) -> Path:
    """A data folder with a small knowledge base, searched by words alone."""
    command = [sys.executable, "-m", "ogma", "--config", str(CONFIG)]
    command += ["--data", str(folder / "library"), "kb", "ingest", str(LIBRARY)]
    environment = {**os.environ, "OGMA_MODELS": str(folder / "no-models")}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return folder / "library"


def _play_one(drill: Plan, folder: Path, library: Path) -> bool:
    started = time.monotonic()
    town = Town(folder, library, folder / "no-models", OPTIONS)
    stage = Stage(town, drill)
    try:
        stage.play()
    except (Violation, AssertionError) as broken:
        print(f"seed {drill.seed}, step {stage.step}: {broken}\n", file=sys.stderr)
        print("\n".join(stage.story), file=sys.stderr)
        print(
            f"\nAgain: scripts/drill --seed {drill.seed} --hours {drill.hours:g}", file=sys.stderr
        )
        return False
    finally:
        town.end()
    report = {
        "seed": drill.seed,
        "hours": drill.hours,
        "steps": len(drill.steps),
        "faults": sum(stage.faults.values()),
        "fault_kinds": len(stage.faults),
        "tickets": stage.tickets,
        "violations": 0,
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps({"drill": report}), flush=True)
    return True


class Stage:
    """One drill in one town."""

    def __init__(self, town: Town, drill: Plan) -> None:
        self.town = town
        self.drill = drill
        self.memory = Memory()
        self.people = People(town, self.memory)
        self.weather = Weather(town, self.memory)
        self.story: list[str] = []
        self.faults: Counter[str] = Counter()
        self.step = 0
        self.tickets = 0

    def play(self) -> None:
        """All steps; raises Violation, or AssertionError when the bot never comes to rest."""
        self.town.run_bot()
        for step in self.drill.steps:
            self.step = step.number
            rng = random.Random(step.dice)
            self.town.control.clock(step.minutes * 60, **NO_WAIT)
            if step.what in FAULTS:
                self.faults[step.what] += 1
                came = self.weather.bring(step.what, rng)
            else:
                came = self.people.do(step.what, rng)
            self.story.append(f"{step.number} {step.what}: {came}")
            time.sleep(rng.random() * 0.2)
            if step.quiet:
                self.come_to_rest()
        self.come_to_rest()
        self.tickets = self.town.count("FROM ticket")
        self.town.forgiven = FORGIVEN
        self._hold([one for one in invariants.faults(self.town) if "bot-" not in one])

    def come_to_rest(self) -> None:
        """Fine weather, everything done, everything checked."""
        self.weather.clear()
        if self.town.bot.exit_code is not None:
            self.town.launch()
        self.town.wait_until(lambda: self.town.state()["sessions"], "the bot is connected")
        until = time.monotonic() + REST_S
        self.hurry()
        while faults := wrong(self.town, self.memory):
            # A bot that has just come back is still fetching what it missed.
            if time.monotonic() > until:
                self._hold(faults)
            time.sleep(0.5)
            self.hurry()
        self.story = self.story[-1:]

    def hurry(self) -> None:
        """Let the retries' waiting times pass, until nothing is left to do."""
        until = time.monotonic() + REST_S
        while self.town.count("FROM job WHERE state IN ('todo', 'doing')") or self.town.count(
            "FROM message WHERE ai = 'pending'"
        ):
            if time.monotonic() > until:
                raise Violation(f"the bot does not come to rest\n{self.town.story()}")
            self.town.control.clock(120, **NO_WAIT)
            time.sleep(0.5)

    def _hold(self, faults: list[str]) -> None:
        if faults:
            raise Violation("\n".join(faults))


if __name__ == "__main__":
    sys.exit(main())
