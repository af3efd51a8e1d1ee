"""No sentence for people stands outside of the catalogue, in the rooms that speak to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "ogma"
ROOMS = ("bot", "transcripts", "reports")
MODULES = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
TEMPLATES = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.html"))]

TWO_WORDS = re.compile(r"[^\W\d_]{2,}[^\w\s]* +[^\w\s]*[^\W\d_]{2,}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SHOWN_AS = {"content", "footer", "label", "placeholder", "text", "title"}
"""Arguments that Discord shows: there a single word is a word too many."""
DESCRIBED = {"slash_command", "Param", "OptionChoice"}
"""What is written there is replaced before it is sent: tests/bot/test_render_commands.py."""
LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "log"}
FAILING = {"__init__"}
"""What an exception says: to the log, to `ogma jobs list` and at the shell."""
NAMES = {"SHA-256"}
FOR_MACHINES = {
    "In name:": "how Discord words its own refusals",
    "In parent_id:": "the same",
    "maximum number of channels": "the same",
    "model hosts": "the name of a task, in the log alone",
    "clock offset": "the same",
    "retired answerer": "the same",
    "Whether Discord did '": "what an exception says, for the log and `ogma jobs list`",
    "' is not known (": "the same",
    "synced %s: %d added, %d changed, %d unchanged, %d removed, %d failed,"
    " %d kept as before": "a line of the log",
    ": it took too long": "kept with a job, for `ogma jobs list`",
}


def spoken(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of what looks like words for people."""
    silent = {id(one) for node in ast.walk(tree) for one in _unseen(node)}
    bare = {id(one) for node in ast.walk(tree) for one in _arguments(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        text = re.sub(r"</?[a-z][^>]*(?:>|$)", "", node.value)
        pattern = LETTERS if id(node) in bare else TWO_WORDS
        if pattern.search(text) and id(node) not in silent and text not in FOR_MACHINES:
            yield node.lineno, text


def _unseen(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, log lines, exceptions, notes on a job, and what is replaced before it is sent."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise():
            yield from ast.walk(node)
        case ast.Return(value=ast.Dict(values=values)):
            yield from (one for value in values for one in ast.walk(value))
        case ast.Call(func=function) if _name(function) in LOGGING | DESCRIBED | FAILING or _fails(
            node
        ):
            yield from ast.walk(node)


def _arguments(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg in SHOWN_AS and isinstance(keyword.value, (ast.Constant, ast.JoinedStr)):
                yield from ast.walk(keyword.value)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _fails(call: ast.Call) -> bool:
    """An exception that is made to be raised later."""
    return _name(call.func).endswith("Error")


def written(template: str) -> list[str]:
    """The words of a template that are neither markup nor filled in, and sentences in what is."""
    bare = re.sub(r"<style>.*?</style>|\{#.*?#\}", "", template, flags=re.DOTALL)
    filled = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", bare, flags=re.DOTALL)
    quoted = (text for one in filled for text in re.findall(r"'[^']*'|\"[^\"]*\"", one))
    outside = re.sub(r"<[^<>]*>", "\n", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", bare, flags=re.DOTALL))
    attributes = re.findall(r"(?:alt|title|aria-label|placeholder)=\"([^\"{]*)", bare)
    words = [line.strip() for line in [*outside.splitlines(), *attributes] if LETTERS.search(line)]
    found = words + [text for text in quoted if TWO_WORDS.search(text)]
    return [text for text in found if text not in NAMES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_sentence_stands_in_the_code(path: Path) -> None:
    assert list(spoken(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_word_stands_in_a_template(path: Path) -> None:
    assert written(path.read_text(encoding="utf-8")) == []


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 60
    assert {"insights.html", "index.html", "ticket.html"} <= {path.name for path in TEMPLATES}


@pytest.mark.parametrize(
    "code",
    [
        'await inter.send("Please try again.")',
        'await inter.send(f"Ticket {number} is closed now.")',
        'words("That is " + name)\nwords(f"{name} is away.")',
        'embed(title="Tickets")',
        'button(label="Claim", style=1)',
        'page = "<p>Nothing was found.</p>"',
        'MISSING = "no such ticket"',
    ],
)
def test_a_sentence_in_the_code_is_found(code: str) -> None:
    assert list(spoken(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        '"""What it does."""',
        'log.info("a job is tried again: %s", job)',
        'raise ConfigError("the token is wrong")',
        'Param(description="which ticket")',
        'return {"skipped": "no channel for alerts"}',
        'texts("opening.done", channel=channel)',
        'button(label=texts("button.claim"))',
        'link = "<a href={} rel={}>{}</a>"',
    ],
)
def test_what_nobody_reads_in_discord_may_stand_there(code: str) -> None:
    assert list(spoken(ast.parse(code))) == []


@pytest.mark.parametrize(
    "template",
    [
        "<h2>Day by day</h2>",
        "{{ tile('Tickets opened', 3) }}",
        "<p>{{ count }} messages</p>",
        '<img alt="Picture">',
        "<p>one\nsentence on two lines</p>",
    ],
)
def test_words_in_a_template_are_found(template: str) -> None:
    assert written(template)
