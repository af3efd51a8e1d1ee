"""The only printer of the command line.

Results go to stdout; errors, warnings, notes, questions and progress go to stderr. What is
printed is data: escape sequences and markup in it have no effect. `NO_COLOR` and `COLUMNS`
are honoured; without a terminal a table is as wide as its content, so nothing is cut.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ogma.cli.terminal_text import escape_json, one_line, plain
from ogma.errors import OgmaError, UsageError
from ogma.logs import redact

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

PIPED_WIDTH = 100_000
"""Columns of a table that goes to a file or a pipe: wide enough to fold nothing."""


class Verbosity(IntEnum):
    """How much stderr says."""

    QUIET = -1
    NORMAL = 0
    VERBOSE = 1


class Column(NamedTuple):
    """A table's column; `right` aligns numbers, `keep` never folds."""

    name: str
    right: bool = False
    keep: bool = False


class Cell(NamedTuple):
    """A table's cell with a rich style, such as "red"."""

    text: object
    style: str


Advance = Callable[..., None]
"""`advance(steps=1, text="")`: work went on; `text` names what is being worked on."""


class Output:
    """Prints for people or, with `json`, for programs."""

    def __init__(self, verbosity: Verbosity = Verbosity.NORMAL) -> None:
        self.verbosity = verbosity

    # -- stdout ---------------------------------------------------------------------------

    def text(self, text: str = "", style: str = "") -> None:
        """Prose or data on stdout, as it is, never wrapped."""
        if not style:
            sys.stdout.write(plain(text) + "\n")
            return
        from rich.text import Text

        self._out.print(Text(plain(text), style=style), soft_wrap=True)

    def json(self, document: object) -> None:
        """One JSON document on stdout; keys stay in the order given."""
        rendered = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        sys.stdout.write(escape_json(rendered) + "\n")

    def json_line(self, document: object) -> None:
        """One JSON document on one line, flushed at once: for the batch commands."""
        rendered = json.dumps(document, ensure_ascii=False, allow_nan=False)
        sys.stdout.write(escape_json(rendered) + "\n")
        sys.stdout.flush()

    def table(
        self,
        columns: Sequence[str | Column],
        rows: Iterable[Sequence[object]],
        *,
        title: str = "",
        empty: str = "Nothing to list.",
    ) -> None:
        """A table on stdout; `empty` is said instead when there are no rows."""
        from rich import box
        from rich.table import Table

        table = Table(
            box=box.SIMPLE_HEAD,
            title=plain(title) or None,
            title_justify="left",
            pad_edge=False,
            show_edge=False,
        )
        for column in columns:
            shape = column if isinstance(column, Column) else Column(column)
            table.add_column(
                plain(shape.name),
                justify="right" if shape.right else "left",
                no_wrap=shape.keep,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        if not table.row_count:
            self.text(empty)
            return
        with self._out.capture() as drawn:
            self._out.print(table)
        for line in drawn.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")

    def pairs(self, values: Mapping[str, object]) -> None:
        """Names and values, one pair a line, the values aligned."""
        width = max((len(name) for name in values), default=0)
        for name, value in values.items():
            sys.stdout.write(f"{name:<{width}}  {_shown(value)}\n")

    @property
    def on_screen(self) -> bool:
        """Whether stdout is a terminal that can be drawn on anew."""
        return self._out.is_terminal

    @contextmanager
    def screen(self) -> Iterator[Callable[[], None]]:
        """A screen of its own; what stood there before comes back at the end. Gives `clear`."""
        with self._out.screen():
            yield self._out.clear

    # -- stderr ---------------------------------------------------------------------------

    def error(self, error: OgmaError | str) -> None:
        """What failed, where, the way out; then one line per single problem."""
        self._say("Error: ", str(error), "bold red")
        for problem in getattr(error, "problems", ()):
            self._say("  - ", problem, "red")

    def warning(self, text: str) -> None:
        """Something the person should know though the work goes on."""
        self._say("Warning: ", text, "yellow")

    def note(self, text: str) -> None:
        """A remark beside the result; silent with --quiet."""
        if self.verbosity > Verbosity.QUIET:
            self._say("", text, "")

    def detail(self, text: str) -> None:
        """Only with --verbose."""
        if self.verbosity >= Verbosity.VERBOSE:
            self._say("", text, "dim")

    @contextmanager
    def progress(self, description: str, total: int | None = None) -> Iterator[Advance]:
        """A bar on stderr while the block runs; nothing where no terminal would show it."""
        if self.verbosity <= Verbosity.QUIET or not self._err.is_terminal:
            yield lambda steps=1, text="": None
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._err, transient=True) as bar:
            task = bar.add_task(description, total=total)

            def advance(steps: int = 1, text: str = "") -> None:
                shown = f"{description} {one_line(text)}" if text else description
                bar.update(task, advance=steps, description=shown)

            yield advance

    # -- questions ------------------------------------------------------------------------

    @property
    def interactive(self) -> bool:
        """Whether a person can answer."""
        return sys.stdin.isatty()

    def confirm(self, question: str, *, instead: str = "--yes") -> bool:
        """Yes or no from the person; without a terminal the way out is the option `instead`."""
        return self.ask(f"{question} [y/N]", instead=instead).lower() in {"y", "yes"}

    def ask(self, question: str, *, instead: str) -> str:
        """One line from the person."""
        self._need_person(question, instead)
        sys.stderr.write(f"{plain(question)} ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise UsageError(f"No answer to '{question}'; give it with {instead}.")
        return line.strip()

    def ask_hidden(self, question: str, *, instead: str) -> str:
        """One line that is not shown while it is typed."""
        self._need_person(question, instead)
        return getpass.getpass(f"{plain(question)} ", stream=sys.stderr).strip()

    # -- inside ---------------------------------------------------------------------------

    def _need_person(self, question: str, instead: str) -> None:
        if not self.interactive:
            raise UsageError(f"There is no terminal to ask '{question}'; use {instead}.")

    def _say(self, prefix: str, text: str, style: str) -> None:
        text = redact(text)
        if not style or not self._err.is_terminal:
            sys.stderr.write(f"{prefix}{plain(text)}\n")
            return
        from rich.text import Text

        self._err.print(Text(prefix, style=style) + Text(plain(text), style=""), soft_wrap=True)

    @cached_property
    def _out(self) -> Console:
        return _console(to_stderr=False)

    @cached_property
    def _err(self) -> Console:
        return _console(to_stderr=True)


def _console(*, to_stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if to_stderr else sys.stdout
    fixed = stream.isatty() or "COLUMNS" in os.environ
    return Console(
        stderr=to_stderr,
        width=None if fixed else PIPED_WIDTH,
        markup=False,
        highlight=False,
        emoji=False,
    )


def _cell(value: object) -> Text:
    from rich.text import Text

    if isinstance(value, Cell):
        return Text(_shown(value.text), style=value.style)
    return Text(_shown(value))


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(str(value))
