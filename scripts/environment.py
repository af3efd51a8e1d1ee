"""Sets up .venv from the lock file. Needs nothing but Python; safe to kill and to run again.

The stamp inside .venv is written last and names everything that the environment was made from, so
a second run that finds it has nothing to do. The marker is written first: an environment that was
left half-made is thrown away.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "ogma-stamp"
MARKER = VENV / "ogma-unfinished"
LOCK = ROOT / "scripts" / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"


class SetupFailed(Exception):
    """The environment could not be made; the message says what to do."""


def main() -> int:
    """Make sure that .venv is complete; 0 when it is."""
    try:
        if not is_ready():
            with alone():
                if not is_ready():
                    build()
    except SetupFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; run it again and it starts over.", file=sys.stderr)
        return 130
    return 0


def is_ready() -> bool:
    """Whether .venv was made from exactly this lock file, project, place and Python."""
    with contextlib.suppress(OSError):
        return STAMP.read_text(encoding="utf-8") == fingerprint() and PYTHON.exists()
    return False


def fingerprint() -> str:
    """Changes with everything that .venv depends on."""
    digest = hashlib.sha256()
    for part in (LOCK.read_bytes(), PROJECT.read_bytes(), Path(__file__).read_bytes()):
        digest.update(hashlib.sha256(part).digest())
    digest.update(f"{ROOT}\n{base_python()}\n{sys.version}".encode())
    return digest.hexdigest()


def base_python() -> str:
    """The interpreter itself, also when this runs inside some other environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time; the system lets go of the lock when its last holder dies.

    What is started meanwhile inherits the lock, so a pip that outlives its parent is waited for.
    """
    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    with (folder / "setup.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this checkout to finish ...")
            fcntl.flock(held, fcntl.LOCK_EX)
        os.set_inheritable(held.fileno(), True)
        yield


def build() -> None:
    """Create or repair .venv, install the locked packages and the project itself."""
    clear_away()
    if not is_usable():
        create()
    MARKER.touch()
    say("Installing the locked packages (a few minutes the first time) ...")
    pip(
        "The packages could not be installed; check that the package registry is reachable and "
        "that the disk has a gigabyte free, then run this again.",
        *("--require-hashes", "--no-deps", "--prefer-binary", "-r", str(LOCK)),
    )
    pip(
        "Ogma itself could not be installed; check that the checkout is whole (git status).",
        *("--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)),
    )
    unfinished = STAMP.with_suffix(".new")
    unfinished.write_text(fingerprint(), encoding="utf-8")
    MARKER.unlink()
    unfinished.replace(STAMP)
    say("The environment in .venv is ready.")


def clear_away() -> None:
    """Remove an environment that was left half-made, and what earlier removals left behind."""
    if MARKER.exists() or (VENV.exists() and not (VENV / "pyvenv.cfg").exists()):
        discard()
    for leftover in ROOT.glob(".venv-old-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def discard() -> None:
    """Take .venv away in one step, so that no half of it can be mistaken for a whole."""
    aside = ROOT / f".venv-old-{os.getpid()}"
    VENV.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def is_usable() -> bool:
    """Whether .venv runs, with this Python and with pip; one made by hand is kept then."""
    if not PYTHON.exists():
        return False
    probe = "import pip, sys; print(sys.version)"
    run = subprocess.run([PYTHON, "-I", "-c", probe], capture_output=True, text=True, check=False)
    return run.returncode == 0 and run.stdout.strip() == sys.version


def create() -> None:
    """A fresh .venv with pip in it."""
    if VENV.exists() or VENV.is_symlink():
        discard()
    say(f"Creating .venv with Python {sys.version.split()[0]} ...")
    VENV.mkdir()
    MARKER.touch()
    run_or_explain(
        "This Python cannot make virtual environments; install its venv module "
        "(Debian and Ubuntu: apt install python3-venv) and run this again.",
        [base_python(), "-I", "-m", "venv", str(VENV)],
    )


def pip(advice: str, *arguments: str) -> None:
    """Run `pip install` in .venv; what it says is shown, below the advice, when it fails."""
    command = [str(PYTHON), "-I", "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-warn-script-location", *arguments]
    run_or_explain(advice, command)


def run_or_explain(advice: str, command: list[str]) -> None:
    """Run a program; when it fails, raise the advice with what the program said."""
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"},
        close_fds=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SetupFailed(f"{advice}\n{tail(run.stdout)}")


def tail(output: str) -> str:
    """The last lines of a program's output, indented."""
    return "\n".join(f"  {line}" for line in output.strip().splitlines()[-12:])


def say(line: str) -> None:
    """Progress goes to stderr: stdout belongs to what is started afterwards."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
