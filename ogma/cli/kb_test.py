"""`ogma kb test`: golden questions as a table of pass and fail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from xml.etree import ElementTree

import typer

from ogma.cli import kb_search
from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Cell, Column
from ogma.errors import OgmaError

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.domain.answers import Verdict
    from ogma.domain.passages import Search
    from ogma.services.knowledge.golden import Comparison, Result


def test(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A TOML or CSV file of golden questions.")],
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Compare with the last run of this file.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a JUnit XML report too.")
    ] = None,
    json: Json = False,
) -> None:
    """Ask golden questions and check what comes; the exit code is 1 when one fails.

    A question may expect a document to be found first, texts to be said or not to be said, or
    to be handed to staff.
    """
    import asyncio

    from ogma.services.knowledge import golden

    context: Context = ctx.obj
    questions = golden.load(file)
    with kb_search.opened(context) as app:
        results = asyncio.run(golden.run(questions, _asker(app)))
    before = golden.compare(context.data, file, results) if baseline else None
    golden.remember(context.data, file, results)
    if junit is not None:
        _write_junit(junit, results)
    if json:
        context.output.json(_document(results, before))
    else:
        _print(context, results)
        if baseline:
            _print_comparison(context, before)
    raise typer.Exit(0 if all(result.passed for result in results) else 1)


def _asker(app: App) -> Any:
    from ogma.services.answers import answer

    async def ask(question: str, type_id: str | None) -> tuple[Verdict, Search]:
        return await answer(app.knowledge, app.answerer, question, type_id=type_id)

    return ask


def _print(context: Context, results: list[Result]) -> None:
    context.output.table(
        ["Question", "Decision", Column("Confidence", right=True), "Found first", "Result"],
        [
            (
                result.golden.question,
                result.decision,
                f"{result.confidence:.2f}",
                result.document,
                "pass" if result.passed else Cell("; ".join(result.faults), "red"),
            )
            for result in results
        ],
    )
    passed = sum(result.passed for result in results)
    answered = sum(result.decision == "answer" for result in results)
    context.output.text(
        f"{passed} of {len(results)} passed; {answered} answered, "
        f"{len(results) - answered} handed to staff."
    )


def _print_comparison(context: Context, before: Comparison | None) -> None:
    if before is None:
        context.output.note("There is no earlier run of this file to compare with.")
        return
    context.output.text(f"The run before passed {before.passed_before}.")
    for question in before.broken:
        context.output.text(f"Broken since: {question}")
    for question in before.repaired:
        context.output.text(f"Repaired since: {question}")


def _document(results: list[Result], before: Comparison | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "results": [
            {
                "question": result.golden.question,
                "passed": result.passed,
                "faults": list(result.faults),
                "decision": result.decision,
                "confidence": round(result.confidence, 4),
                "document": result.document,
                "expected_document": result.golden.document,
            }
            for result in results
        ],
    }
    if before is not None:
        document["baseline"] = {
            "passed": before.passed_before,
            "broken": list(before.broken),
            "repaired": list(before.repaired),
        }
    return document


def _write_junit(path: Path, results: list[Result]) -> None:
    failures = sum(not result.passed for result in results)
    suite = ElementTree.Element(
        "testsuite", name="ogma kb test", tests=str(len(results)), failures=str(failures)
    )
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname="golden", name=result.golden.question
        )
        if not result.passed:
            ElementTree.SubElement(case, "failure", message="; ".join(result.faults))
    try:
        ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise OgmaError(f"The report {path} cannot be written: {error.strerror}.") from error
