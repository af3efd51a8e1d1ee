"""Play drills: `python -m tests.drill --seed N --hours H [--seeds COUNT] [--shrink]`.

A failure prints the seed, the step and the story since the last quiet point; the same seed plays
the same plan again. `--shrink` looks for fewer steps that fail as well.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.drill import loop_watch
from tests.drill.checks import blocked, wrong
from tests.drill.people import Memory, People
from tests.drill.plan import FAULTS, Plan, Step, plan
from tests.drill.upkeep import compared, look
from tests.drill.weather import Weather
from tests.e2e import invariants
from tests.e2e.conftest import CONFIG, LIBRARY, OPTIONS
from tests.e2e.processes import Ollama
from tests.e2e.town import NO_WAIT, Town

REST_S = 60
LAST_WORDS = 40
"""Lines of its log that a failure shows."""
"""Real seconds within which a bot must come to rest in fine weather."""
MODEL = {"deadline_s": 6, "warm_up_s": 6}

FORGIVEN = (
    "is tried again",
    "could not be caught up",
    "Attempting a reconnect",
    "could not read the config",
)
"""Of the bot's log: what a bad day is expected to bring."""


class Violation(Exception):
    """An invariant does not hold."""


def main() -> int:
    """Play one seed or several; 0 when every invariant held."""
    parser = argparse.ArgumentParser(prog="scripts/drill", description="Days with faults.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--seeds", type=int, default=1, help="so many, from --seed on")
    parser.add_argument("--shrink", action="store_true", help="look for a shorter failing story")
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ogma-drill-") as folder:
        library = _library(Path(folder))
        for seed in range(asked.seed, asked.seed + asked.seeds):
            drill, place = plan(seed, asked.hours), Path(folder) / str(seed)
            if not _play_one(drill, place, library):
                failed += 1
                if asked.shrink:
                    _shrink(drill, place, library)
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
    with _stage(drill, folder, library) as stage:
        try:
            stage.play()
        except (Violation, AssertionError) as broken:
            print(f"seed {drill.seed}, step {stage.step}: {broken}\n", file=sys.stderr)
            print("\n".join(stage.story), file=sys.stderr)
            print("\nThe bot's last words:", file=sys.stderr)
            print("\n".join(stage.town.bot.output().splitlines()[-LAST_WORDS:]), file=sys.stderr)
            again = f"scripts/drill --seed {drill.seed} --hours {drill.hours:g}"
            print(f"\nAgain: {again}", file=sys.stderr)
            return False
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


@contextmanager
def _stage(drill: Plan, folder: Path, library: Path) -> Iterator[Stage]:
    model = Ollama(folder / "model")
    ai = {**OPTIONS["ai"], "engine": "ollama"}
    options = {**OPTIONS, "ai": ai, "ollama": {"url": model.url, **MODEL}}
    town = Town(folder, library, folder / "no-models", options)
    town.environment[loop_watch.VARIABLE] = "1"
    try:
        yield Stage(town, drill, model)
    finally:
        town.end()
        model.kill()


def _shrink(drill: Plan, folder: Path, library: Path) -> None:
    """Leave out ever smaller parts as long as what is left still fails; prints what is left."""
    steps, part = list(drill.steps), len(drill.steps) // 2
    tries = 0
    while part >= 1:
        for start in range(0, len(steps), part):
            fewer = steps[:start] + steps[start + part :]
            tries += 1
            if _fails(drill, fewer, folder / f"shrink-{tries}", library):
                steps = fewer
                break
        else:
            part //= 2
    story = [f"{one.number} {one.what} after {one.minutes} min" for one in steps]
    print(f"\nThe shortest story found ({tries} tries):", *story, sep="\n", file=sys.stderr)


def _fails(drill: Plan, steps: Sequence[Step], folder: Path, library: Path) -> bool:
    with _stage(Plan(drill.seed, drill.hours, tuple(steps)), folder, library) as stage:
        try:
            stage.play()
        except (Violation, AssertionError):
            return True
    return False


class Stage:
    """One drill in one town."""

    def __init__(self, town: Town, drill: Plan, model: Ollama) -> None:
        self.town = town
        self.drill = drill
        self.memory = Memory()
        self.people = People(town, self.memory)
        self.weather = Weather(town, self.memory, model)
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
        self._look_after_the_house()
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
        self._hold(blocked(self.town, self.weather.frozen))
        while faults := wrong(self.town, self.memory):
            # A bot that has just come back is still fetching what it missed.
            if time.monotonic() > until:
                self._hold(faults)
            time.sleep(0.5)
            self.hurry()
        self.story = self.story[-1:]

    def _look_after_the_house(self) -> None:
        """What the bot uses after all this, beside one that has just started on the same data."""
        used = look(self.town)
        while used.jobs:  # what has just become due is no remainder
            self.hurry()
            used = look(self.town)
        self.town.restart_bot()
        self.come_to_rest()
        self._hold(compared(used, look(self.town)))

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
