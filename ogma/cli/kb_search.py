"""`ogma kb search` and `ogma kb ask`: what the knowledge base finds, what a ticket would get."""

from __future__ import annotations

import asyncio
import json as jsonlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column
from ogma.domain.limits import Reader
from ogma.errors import UsageError

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.domain.answers import Citation, Verdict
    from ogma.domain.passages import Hit, Search

BATCH_CANDIDATES = 40
"""Passages that a batch looks at to name the best documents."""
BATCH_DOCUMENTS = 10
SNIPPET = 160
NEAREST = 3
"""Places that are named where nothing is answered."""
NO_MODEL = (
    "The embedding model is not installed, so search works on words alone; "
    "run `ogma models pull`, then `ogma kb rebuild`."
)

Question = Annotated[str | None, typer.Argument(help="The question, as a customer would put it.")]
Batch = Annotated[
    bool, typer.Option("--batch", help="Read {id, text} lines from stdin, answer line by line.")
]
TypeId = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help="As in a ticket of this type.")
]
Roles = Annotated[
    list[int] | None,
    typer.Option("--role", metavar="ROLE", help="As for a customer with this role; 0 for none."),
]


@contextmanager
def opened(context: Context) -> Iterator[App]:
    """All that answers questions, built as for the bot."""
    from ogma.app import build
    from ogma.knowledge.model import models_folder

    app = build(context.settings_or_defaults, context.data, models_folder(context.environ))
    try:
        if not app.knowledge.has_model:
            context.output.warning(NO_MODEL)
        yield app
    finally:
        app.close()


def search(
    ctx: typer.Context,
    query: Question = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many passages.")] = 5,
    type_id: TypeId = None,
    roles: Roles = None,
    batch: Batch = False,
    json: Json = False,
) -> None:
    """Show the passages found for a question, best first, with both scores."""
    context: Context = ctx.obj
    reader = _reader(type_id, roles)
    with opened(context) as app:
        if batch:
            _answer_lines(context, query, lambda text: _ranked_documents(app, text, reader))
            return
        found = app.knowledge.search(_given(query), limit, reader.types, reader.roles)
    if json:
        context.output.json(_search_document(found))
        return
    context.output.table(
        [
            Column("", right=True),
            Column("Score", right=True),
            Column("Cosine", right=True),
            Column("BM25", right=True),
            "Document",
            "Passage",
        ],
        [
            (
                rank,
                f"{hit.score:.3f}",
                _number(hit.cosine),
                f"{hit.bm25:.3f}",
                _place(hit),
                _snippet(hit),
            )
            for rank, hit in enumerate(found.hits, 1)
        ],
        empty="Nothing was found.",
    )
    context.output.note(f"Search mode: {found.mode}.")


def ask(
    ctx: typer.Context,
    query: Question = None,
    type_id: TypeId = None,
    roles: Roles = None,
    batch: Batch = False,
    json: Json = False,
) -> None:
    """Give the exact answer that a ticket would get, and why."""
    context: Context = ctx.obj
    reader = _reader(type_id, roles)
    with opened(context) as app:
        if batch:
            _answer_lines(context, query, lambda text: _answered(app, text, reader))
            return
        verdict, found = _verdict(app, _given(query), reader)
    if json:
        context.output.json(_verdict_document(verdict))
    else:
        _print_verdict(context, verdict, found)


def _reader(type_id: str | None, roles: list[int] | None) -> Reader:
    """Whose eyes to look with; without options those of the owner, who may see everything."""
    return Reader.of(None if type_id is None else (type_id,), roles)


def _given(query: str | None) -> str:
    if query is None or not query.strip():
        raise UsageError("Give a question, or --batch to read questions from stdin.")
    return query


def _verdict(app: App, question: str, reader: Reader) -> tuple[Verdict, Search]:
    from ogma.services.answers import answer

    asked = answer(app.knowledge, app.answerer, question, type_id=reader.types, roles=reader.roles)
    return asyncio.run(asked)


# -- batches ---------------------------------------------------------------------------------------


def _answer_lines(
    context: Context, query: str | None, respond: Callable[[str], dict[str, Any]]
) -> None:
    """One line out per line in, each as soon as it is known; a bad line gets an error."""
    if query is not None:
        raise UsageError("--batch reads questions from stdin; leave the question out.")
    failed = False
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            asked = jsonlib.loads(line)
            key, text = asked["id"], asked["text"]
        except (ValueError, KeyError, TypeError):
            failed = True
            context.output.json_line({"id": None, "error": 'expected {"id": ..., "text": "..."}'})
            continue
        context.output.json_line({"id": key, **respond(str(text))})
    raise typer.Exit(1 if failed else 0)


def _ranked_documents(app: App, text: str, reader: Reader) -> dict[str, Any]:
    from ogma.answering.confidence import gate

    found = app.knowledge.search(text, BATCH_CANDIDATES, reader.types, reader.roles)
    sure, cut = gate(found, app.settings.ai.threshold)
    return {
        **_documents(found),
        "confidence": round(sure, 4),
        "decision": "answer" if sure >= cut else "escalate",
    }


def _answered(app: App, text: str, reader: Reader) -> dict[str, Any]:
    verdict, found = _verdict(app, text, reader)
    return {
        **_documents(found),
        "confidence": round(verdict.confidence, 4),
        "decision": verdict.outcome.value,
        "answer": verdict.text,
        "citations": _citations(verdict),
    }


def _documents(found: Search) -> dict[str, Any]:
    """The documents, best first, each once, with the score of its best passage."""
    best: dict[str, float] = {}
    for hit in found.hits:
        best.setdefault(hit.passage.document, hit.score)
    ranked = list(best.items())[:BATCH_DOCUMENTS]
    return {
        "documents": [document for document, _ in ranked],
        "scores": [round(score, 4) for _, score in ranked],
    }


# -- documents and print ---------------------------------------------------------------------------


def _search_document(found: Search) -> dict[str, Any]:
    results = [
        {
            "rank": rank,
            "document": hit.passage.document,
            "title": hit.passage.title,
            "heading": hit.passage.heading,
            "url": hit.passage.url,
            "text": hit.passage.text,
            "score": round(hit.score, 4),
            "cosine": None if hit.cosine is None else round(hit.cosine, 4),
            "bm25": round(hit.bm25, 4),
        }
        for rank, hit in enumerate(found.hits, 1)
    ]
    return {"query": found.query, "mode": found.mode, "results": results}


def _citations(verdict: Verdict) -> list[dict[str, Any]]:
    return [
        {
            "document": citation.document,
            "title": citation.title,
            "heading": citation.heading,
            "url": citation.url,
            "quote": citation.quote,
        }
        for citation in verdict.citations
    ]


def _verdict_document(verdict: Verdict) -> dict[str, Any]:
    return {
        "question": verdict.question,
        "decision": verdict.outcome.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "confidence": round(verdict.confidence, 4),
        "threshold": verdict.threshold,
        "engine": verdict.engine,
        "model_error": verdict.model_error,
        "answer": verdict.text,
        "citations": _citations(verdict),
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": check.detail}
            for check in verdict.checks
        ],
        "timings_ms": dict(verdict.timings_ms),
    }


def _print_verdict(context: Context, verdict: Verdict, found: Search) -> None:
    out = context.output
    if verdict.text is not None:
        out.text(verdict.text)
        out.text()
        for source in dict.fromkeys(_source(citation) for citation in verdict.citations):
            out.text(f"Source: {source}")
    else:
        reason = verdict.reason.value.replace("_", " ") if verdict.reason else "no reason given"
        out.text(f"A ticket would be handed to staff: {reason}.")
        for place in list(dict.fromkeys(map(_place, found.hits)))[:NEAREST]:
            out.note(f"Near it: {place}")
    sure = f"confidence {verdict.confidence:.2f}, threshold {verdict.threshold:.2f}"
    out.note(f"Engine {verdict.engine}; {sure}.")
    if verdict.model_error:
        out.note(f"The model failed ({verdict.model_error}); `ogma doctor` says how to mend it.")
    for check in verdict.checks:
        detail = f" ({check.detail})" if check.detail else ""
        out.note(f"Check {check.name}: {'passed' if check.passed else 'failed'}{detail}")


def _source(citation: Citation) -> str:
    place = " > ".join(part for part in (citation.title, citation.heading) if part)
    return f"{place} ({citation.url or citation.document})"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _place(hit: Hit) -> str:
    heading = f" > {hit.passage.heading}" if hit.passage.heading else ""
    return f"{hit.passage.document}{heading}"


def _snippet(hit: Hit) -> str:
    text = " ".join(hit.passage.text.split())
    return text if len(text) <= SNIPPET else f"{text[: SNIPPET - 1]}…"
