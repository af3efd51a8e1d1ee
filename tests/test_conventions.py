"""Conventions of the house, checked by walking the code."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "ogma").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEXTS = [
    path
    for folder in ("ogma", "scripts", "tests", ".ci", "data/sample")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and path.suffix in ("", ".py", ".toml", ".md", ".html", ".css", ".txt")
]

MAX_LINES = 350
MAX_FUNCTION = 60
VAGUE_NAMES = {"utils.py", "util.py", "helpers.py", "manager.py", "models.py", "common.py"}
COMMAND_GROUPS = {"ogma/cli/models.py"}
CATCH_ALL_ALLOWED = {
    "ogma/bot/worker.py",  # one failed job must not stop the others
    "ogma/cli/shell.py",  # the outermost shell: no traceback reaches a person
    "ogma/knowledge/reading_worker.py",  # a process that exists to be broken by hostile files
}
LEFT_OVER = re.compile("#.*\\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b|raise NotImplemented" + "Error")
MACHINE = re.compile("/wor" + "k/|/roo" + "t/")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def trees(paths: list[Path]) -> Iterator[tuple[Path, ast.Module]]:
    for path in paths:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[Function]:
    return (
        node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    )


def test_files_are_short_enough_to_live_in() -> None:
    long = {name(path): len(path.read_text().splitlines()) for path in PACKAGE}
    assert {file: lines for file, lines in long.items() if lines > MAX_LINES} == {}


def test_functions_are_short_enough_to_read() -> None:
    long = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path, tree in trees(PACKAGE)
        for function in functions(tree)
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION
    ]
    assert long == []


def test_file_names_say_what_is_inside() -> None:
    vague = {name(path) for path in PACKAGE if path.name in VAGUE_NAMES}
    assert vague <= COMMAND_GROUPS


def test_annotations_are_postponed_everywhere() -> None:
    missing = [
        name(path)
        for path, tree in trees(PACKAGE)
        if any(not isinstance(node, ast.Expr) for node in tree.body)
        and not any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in tree.body)
    ]
    assert missing == []


def test_modules_and_public_names_have_docstrings() -> None:
    """Except where the names are someone else's: Ollama's routes, and tables named as rows are."""
    named_elsewhere = {"ogma/sandbox/fake_ollama_api.py", "ogma/store/tables.py"}
    missing = []
    for path, tree in trees([path for path in PACKAGE if name(path) not in named_elsewhere]):
        public: list[ast.Module | ast.ClassDef | Function] = [tree]
        public += [
            node
            for node in tree.body
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and not node.name.startswith("_")
        ]
        missing += [
            f"{name(path)} {getattr(node, 'name', '')}".strip()
            for node in public
            if ast.get_docstring(node) is None and (node is not tree or tree.body)
        ]
    assert missing == []


def test_only_the_outermost_catch_everything() -> None:
    """Cleaning up and raising on is not catching."""
    broad = [
        f"{name(path)}:{node.lineno}"
        for path, tree in trees(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
        and name(path) not in CATCH_ALL_ALLOWED
    ]
    assert broad == []


def test_the_domain_does_not_read_the_clock() -> None:
    """`now` is an argument in domain/ and texts/."""
    reads = [
        f"{name(path)}:{node.lineno}"
        for path, tree in trees([p for p in PACKAGE if p.parent.name in ("domain", "texts")])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today", "time_ns", "monotonic")
    ]
    assert reads == []


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{name(path)}:{number}"
        for path in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if LEFT_OVER.search(line)
    ]
    assert left == []


def test_no_path_of_a_machine_is_in_the_project() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []


def test_every_test_can_fail() -> None:
    """A test without an assertion, an expected error or a checking call proves nothing."""
    checks = re.compile(r"Assert\(|raises|assert_|check|verify|expect|wait_until")
    empty = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path, tree in trees(TESTS)
        for function in functions(tree)
        if function.name.startswith("test_") and not checks.search(ast.dump(function))
    ]
    assert empty == []


def locked() -> dict[str, list[Requirement]]:
    lines = (ROOT / "scripts/requirements.lock").read_text().splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if line and line[0].isalnum()]
    found: dict[str, list[Requirement]] = {}
    for pin in pins:
        found.setdefault(canonicalize_name(pin.name), []).append(pin)
    return found


def asked(*extras: str) -> Iterator[Requirement]:
    """What pyproject.toml asks for: with these extras, or all of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = list(project["project"]["dependencies"])
    for extra, more in project["project"]["optional-dependencies"].items():
        lines += more if extra in extras or not extras else []
    for group in project["dependency-groups"].values():
        lines += group if not extras else []
    for requirement in map(Requirement, lines):
        if requirement.name != "ogma" and "win32" not in str(requirement.marker or ""):
            yield requirement


@pytest.mark.parametrize("requirement", list(asked()), ids=lambda requirement: requirement.name)
def test_the_lock_fits_the_project(requirement: Requirement) -> None:
    """scripts/lock was run after the last change of pyproject.toml."""
    pins = locked().get(canonicalize_name(requirement.name), [])
    assert pins
    for pin in pins:
        (version,) = pin.specifier
        assert requirement.specifier.contains(version.version)


def test_everything_imported_is_declared_or_brought_by_what_is() -> None:
    """An installed wheel has it: pyproject.toml names it, or a dependency requires it."""
    providers = metadata.packages_distributions()
    roots = {
        module.partition(".")[0]
        for _, tree in trees(PACKAGE)
        for node in ast.walk(tree)
        for module in imported(node)
    }
    foreign = roots - sys.stdlib_module_names - {"ogma"}
    installed = brought({canonicalize_name(requirement.name) for requirement in asked("sandbox")})
    unknown = {
        root
        for root in foreign
        if not installed.intersection(canonicalize_name(name) for name in providers.get(root, ()))
    }
    assert unknown == set()


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def brought(names: set[str]) -> set[str]:
    """These distributions and all that they require, extras aside."""
    found: set[str] = set()
    while names:
        name = names.pop()
        found.add(name)
        with suppress(metadata.PackageNotFoundError):
            for line in metadata.requires(name) or ():
                requirement = Requirement(line)
                if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                    names.add(canonicalize_name(requirement.name))
        names -= found
    return found


def test_the_lock_names_hashes_and_no_index() -> None:
    text = (ROOT / "scripts/requirements.lock").read_text()
    blocks = re.split(r"\n(?=\w)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "http" not in re.sub(r"(?m)^\w*http\w*==", "", text)
    assert "--index" not in text
