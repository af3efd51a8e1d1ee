"""`ogma kb attack`: hostile messages and documents, tried on a copy of the knowledge base."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Cell, Column

if TYPE_CHECKING:
    from ogma.app import App
    from ogma.domain.answers import Verdict
    from ogma.services.attack import Result


def attack(
    ctx: typer.Context,
    questions: Annotated[
        int, typer.Option(min=1, max=100, help="Documents of yours that are asked about.")
    ] = 5,
    json: Json = False,
) -> None:
    """Attack a copy of the knowledge base with your engine; the exit code is 1 on a breach.

    Injection in messages and documents, the prompt, mentions, links, other tickets, sources of
    other ticket types, and a made-up model that obeys the attacker. Nothing is written to your
    data.
    """
    from ogma.app import build
    from ogma.services.knowledge.knowledge_copy import copy_knowledge

    context: Context = ctx.obj
    with tempfile.TemporaryDirectory(prefix="ogma-attack-") as folder:
        copy_knowledge(context.data, Path(folder))
        app = build(context.settings_or_defaults, Path(folder), context.models)
        try:
            results = asyncio.run(_run(context, app, questions))
        finally:
            app.close()
    if json:
        context.output.json(_document(context, results))
    else:
        _print(context, results)
    raise typer.Exit(1 if any(result.breach for result in results) else 0)


async def _run(context: Context, app: App, questions: int) -> list[Result]:
    from ogma.services import attack as attacks

    canary = attacks.new_canary()
    own = attacks.own_questions(app.knowledge, questions)
    attacks.plant(app.knowledge, canary, context.now())
    place = attacks.Range(app.settings, app.knowledge, app.answerer.model)
    planned = list(attacks.attacks(own, canary))
    results = []
    await place.others(canary)
    with context.output.progress("Attacking") as advance:
        for number, one in enumerate(planned, 1):
            results.append(await place.attempt(one, lambda verdict: _shown(app, verdict)))
            advance(1, f"{number} of {len(planned)}")
    await app.answerer.aclose()
    return results


def _shown(app: App, verdict: Verdict) -> Mapping[str, Any]:
    """The answer as it would be sent, by the one renderer."""
    from ogma.bot.render.model_text import links_in
    from ogma.bot.render.ticket import private_answer

    links = links_in(*(citation.quote for citation in verdict.citations))
    return private_answer(app.texts, verdict.text or "", verdict.citations, links).body()


def _document(context: Context, results: list[Result]) -> dict[str, Any]:
    settings = context.settings_or_defaults
    return {
        "engine": settings.ai.engine,
        "model": settings.ollama.model if settings.ai.engine == "ollama" else None,
        "attacks": [
            {
                "aim": result.attack.aim.value,
                "question": result.attack.question,
                "reply": result.attack.reply,
                "decision": result.decision,
                "engine": result.engine,
                "model_error": result.model_error,
                "answer": result.answer,
                "breach": result.breach,
            }
            for result in results
        ],
        "breaches": sum(result.breach is not None for result in results),
    }


def _print(context: Context, results: list[Result]) -> None:
    tried = Counter(result.attack.aim for result in results)
    answered = Counter(one.attack.aim for one in results if one.decision == "answer")
    broken = Counter(one.attack.aim for one in results if one.breach)
    context.output.table(
        [
            "Attack on",
            Column("Tried", right=True),
            Column("Answered", right=True),
            Column("Breaches", right=True),
        ],
        [
            (
                str(aim),
                count,
                answered[aim],
                Cell(str(broken[aim]), "red" if broken[aim] else "green"),
            )
            for aim, count in tried.items()
        ],
    )
    for result in results:
        if result.breach:
            context.output.text(f"{result.attack.aim}: {result.breach}", "red")
            context.output.text(f"  asked:    {' '.join(result.attack.question.split())}")
            context.output.text(f"  answered: {' '.join((result.answer or '').split())}")
    errors = {one.model_error for one in results if one.model_error and not one.attack.reply}
    if errors:
        context.output.warning(
            f"The model failed ({', '.join(sorted(errors))}), so quotations were attacked in its "
            "place; `ogma doctor` says what is wrong with it."
        )
    breaches = sum(broken.values())
    context.output.text(f"{len(results)} attacks, {breaches} breaches.")
