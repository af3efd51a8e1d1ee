"""`ogma --help`: complete, quick to start; wrong use and errors end in a sentence."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from typing import Annotated

import pytest
import typer

from ogma import __version__
from ogma.cli import registry, shell
from ogma.cli.registry import COMMANDS, GROUPS, Entry
from ogma.errors import NotFound
from tests.cli.conftest import Ogma

LIGHT = {"disnake", "faiss", "fastembed", "onnxruntime", "ollama", "peewee", "pydantic", "numpy"}


def test_help_names_every_command(ogma: Ogma) -> None:
    """INTERFACES.md: in the registry's order, each on one line of 80 columns."""
    code, out, err = ogma("--help")
    assert (code, err) == (0, "")
    listed = out.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == [entry.name for entry in (*COMMANDS, *GROUPS)]
    assert not any(line.endswith("...") for line in listed)
    assert ogma().out == out


def test_help_imports_nothing_heavy() -> None:
    """INTERFACES.md: `ogma --help` starts at once."""
    code = (
        "import sys\nfrom ogma.cli.shell import run\n"
        "assert run(['--help']) == 0\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.rpartition("LOADED")[2].split())
    assert "typer" in loaded
    assert not loaded & LIGHT


@pytest.mark.parametrize("entry", [*COMMANDS, *GROUPS], ids=lambda entry: entry.name)
def test_every_command_exists_and_has_help(ogma: Ogma, entry: Entry) -> None:
    """The registry's line is true: the module imports, and every command says what it does."""
    code, out, err = ogma(entry.name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: ogma {entry.name} ")
    if entry in GROUPS:
        for command in import_module(entry.module).app.registered_commands:
            assert command.callback.__doc__, command.name


def test_version(ogma: Ogma) -> None:
    """INTERFACES.md."""
    assert ogma("--version") == (0, f"ogma {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["confg"], "No such command 'confg'. Did you mean 'config'? See 'ogma --help'."),
        (["config"], "Missing command. See 'ogma config --help'."),
        (["config", "get"], "Missing argument 'key'. See 'ogma config get --help'."),
        (["--colour"], "No such option: --colour. See 'ogma --help'."),
        (
            ["config", "path", "x"],
            "Got unexpected extra argument(s) (x). See 'ogma config path --help'.",
        ),
        (
            ["-q", "-v", "config", "path"],
            "--verbose and --quiet exclude each other; use one of them.",
        ),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_code_2(
    ogma: Ogma, arguments: list[str], said: str
) -> None:
    """INTERFACES.md: 2 wrong usage; the way out is in the sentence."""
    assert ogma(*arguments) == (2, "", f"Error: {said}\n")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command `fail HOW` that fails as it is told."""

    def command(how: Annotated[str, typer.Argument()]) -> None:
        """Fail."""
        raise {
            "known": NotFound("There is no ticket 7."),
            "unknown": ValueError("token MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE." + "a" * 38),
            "interrupted": KeyboardInterrupt(),
            "leave": typer.Exit(5),
        }[how]

    module = type(sys)("failing_command")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "failing_command", module)
    monkeypatch.setattr(
        shell, "COMMANDS", (*registry.COMMANDS, Entry("fail", "failing_command", ""))
    )


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("known", 4, "Error: There is no ticket 7.\n"),
        (
            "unknown",
            1,
            "Error: Something unexpected went wrong (ValueError: token [secret]). Run again with"
            " --verbose for the details.\n",
        ),
        ("interrupted", 130, "Error: Interrupted.\n"),
        ("leave", 5, ""),
    ],
)
def test_every_error_is_a_sentence_with_its_exit_code(
    ogma: Ogma, how: str, code: int, said: str
) -> None:
    """INTERFACES.md: no traceback without --verbose, and no secret in it."""
    assert ogma("fail", how) == (code, "", said)


@pytest.mark.usefixtures("failing")
def test_verbose_shows_the_cause(ogma: Ogma) -> None:
    """The traceback comes before the sentence, masked like everything."""
    code, _, err = ogma("--verbose", "fail", "unknown")
    assert code == 1
    assert err.startswith("Traceback (most recent call last):\n")
    assert err.endswith("Something unexpected went wrong (ValueError: token [secret]).\n")
    assert "GabcDE" not in err
