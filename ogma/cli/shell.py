"""From the words on the command line to a command, and from any error to a sentence.

Only the command that is called is imported; help is made from the registry.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from ogma import __version__, logs
from ogma.cli.context import Context
from ogma.cli.output import Output, Verbosity
from ogma.cli.registry import COMMANDS, GROUPS, Entry
from ogma.errors import OgmaError, UsageError

INTERRUPTED = 130

LOG_LEVELS = {Verbosity.QUIET: "error", Verbosity.NORMAL: "warning", Verbosity.VERBOSE: "info"}


class LazyGroup(TyperGroup):
    """Lists the registry; imports a command's module when the command is called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {
            entry.name: TyperCommand(name=entry.name, help=entry.help, rich_markup_mode=None)
            for entry in (*COMMANDS, *GROUPS)
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command in place of the line that stands for it in the help."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, load(str(name)), rest


def load(name: str) -> Any:
    """The command or group of this name, imported now."""
    for entry in GROUPS:
        if entry.name == name:
            return _load_group(entry)
    return _load_command(next(entry for entry in COMMANDS if entry.name == name))


def _load_group(entry: Entry) -> Any:
    app: typer.Typer = import_module(entry.module).app
    # Typer's rich help imports a Markdown renderer: half a second before the first line.
    app.rich_markup_mode = None
    group = get_group(app)
    group.name = entry.name
    group.no_args_is_help = False
    group.help = group.help or entry.help
    return group


def _load_command(entry: Entry) -> Any:
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(entry.name)(import_module(entry.module).command)
    return get_command(app)


def _version(wanted: bool) -> None:
    if wanted:
        Output().text(f"ogma {__version__}")
        raise typer.Exit


def _root(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The config file (else OGMA_CONFIG).")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The data folder (else OGMA_DATA).")
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more, with the cause of errors.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say only what is asked for.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """A self-hosted AI support desk for Discord."""
    if verbose and quiet:
        raise UsageError("--verbose and --quiet exclude each other; use one of them.")
    verbosity = Verbosity.VERBOSE if verbose else Verbosity.QUIET if quiet else Verbosity.NORMAL
    logs.configure(LOG_LEVELS[verbosity], brief=True)
    ctx.obj = Context(config, data, verbosity)
    if ctx.invoked_subcommand is None:
        Output(verbosity).text(ctx.get_help())


def build() -> Any:
    """The root command."""
    app = typer.Typer(
        cls=LazyGroup,
        add_completion=False,
        rich_markup_mode=None,
        invoke_without_command=True,
    )
    app.callback()(_root)
    return get_group(app)


def run(arguments: Sequence[str]) -> int:
    """Run `ogma ARGUMENTS`; returns the exit code. Nothing but SystemExit passes it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # By lines, so that what goes into a pipe or a file comes as it happens, in its order.
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    context = Context()
    try:
        root = build()
        with root.make_context("ogma", list(arguments), obj=context) as ctx:
            try:
                root.invoke(ctx)
            finally:
                context = ctx.obj
        sys.stdout.flush()
    except typer.Exit as leaving:
        return leaving.exit_code
    except BrokenPipeError:
        return _reader_gone()
    except (KeyboardInterrupt, typer.Abort):
        context.output.error("Interrupted.")
        return INTERRUPTED
    except typer.TyperException as wrong:
        context.output.error(_usage(wrong))
        return wrong.exit_code
    except OgmaError as known:
        _trace(context)
        context.output.error(known)
        return known.exit_code
    except Exception as unknown:  # noqa: BLE001 - the outermost shell: no traceback for people
        _trace(context)
        context.output.error(_unexpected(unknown, context))
        return 1
    return 0


def _usage(wrong: typer.TyperException) -> str:
    message = wrong.format_message()
    ctx = getattr(wrong, "ctx", None)
    where = ctx.command_path if ctx is not None else "ogma"
    if message.endswith("?."):  # Typer appends a stop to its suggestions
        message = message[:-1]
    stop = "" if message.endswith((".", "?")) else "."
    return f"{message}{stop} See '{where} --help'."


def _unexpected(error: Exception, context: Context) -> str:
    cause = f"{type(error).__name__}: {error}".rstrip(": ")
    if context.verbosity >= Verbosity.VERBOSE:
        return f"Something unexpected went wrong ({cause})."
    return f"Something unexpected went wrong ({cause}). Run again with --verbose for the details."


def _trace(context: Context) -> None:
    if context.verbosity >= Verbosity.VERBOSE:
        context.output.detail(traceback.format_exc())


def _reader_gone() -> int:
    """The reader of a pipe left (`ogma ... | head`): no error, and no second one at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
