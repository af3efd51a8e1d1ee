"""`ogma kb calibrate`: how sure a search must be, learnt from the knowledge base itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json
from ogma.cli.output import Column

if TYPE_CHECKING:
    from ogma.domain.calibration import Step
    from ogma.services.knowledge.calibration import Outcome

_ROWS = 10
_BAR = 30
_CURVE_POINTS = 100


def calibrate(
    ctx: typer.Context,
    precision: Annotated[
        float,
        typer.Option(
            min=50, max=99.9, help="Percent of the answers that shall rest on the right document."
        ),
    ] = 95.0,
    golden: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Golden questions, as for `kb test`, to learn from too."),
    ] = None,
    json: Json = False,
) -> None:
    """Learn how sure a search must be before it is answered.

    Asks the documents their own sentences, once with the rest of the document there and once with
    all of it hidden, so no labels are needed. Counts where ai.threshold is 0.
    """
    from ogma.cli.kb import opened
    from ogma.services.knowledge.golden import load

    context: Context = ctx.obj
    questions = load(golden) if golden is not None else []
    with opened(context, threads=os.cpu_count() or 1) as knowledge:
        outcome = knowledge.calibrate(context.now(), precision / 100, questions)
    if json:
        context.output.json(_document(outcome, precision))
    else:
        _print(context, outcome, precision)
    if context.settings_or_defaults.ai.threshold > 0:
        context.output.warning("ai.threshold is set in the config, so this is not used; set it 0.")


def _print(context: Context, outcome: Outcome, precision: float) -> None:
    made = outcome.calibration
    if made is None:
        context.output.text(f"Not calibrated: {outcome.reason}; the fixed threshold stays.")
        return
    context.output.table(
        [Column("Precision", right=True), Column("Answered", right=True), "", Column("Cut")],
        [
            (
                f"{step.precision:.1%}",
                f"{step.share:.0%}",
                "#" * round(step.share * _BAR),
                f"{step.cut:.2f}" + (" <- chosen" if step.cut == made.cut else ""),
            )
            for step in _shown(outcome)
        ],
    )
    context.output.text(
        f"From a confidence of {made.cut:.2f} on, {outcome.precision:.1%} of the answers rest on "
        f"the right document;\n{outcome.share:.0%} of {made.questions} questions, each asked with "
        "and without its document, are answered."
    )


def _shown(outcome: Outcome) -> list[Step]:
    """A few points evenly over the share answered, the chosen one among them."""
    made = outcome.calibration
    steps = outcome.steps
    few = {index * (len(steps) - 1) // (_ROWS - 1) for index in range(_ROWS)} if steps else set()
    few |= {at for at, step in enumerate(steps) if made is not None and step.cut == made.cut}
    return [steps[at] for at in sorted(few)]


def _document(outcome: Outcome, precision: float) -> dict[str, Any]:
    made = outcome.calibration
    every = max(1, len(outcome.steps) // _CURVE_POINTS)
    return {
        "calibrated": made is not None,
        "reason": outcome.reason or None,
        "asked_precision": round(precision / 100, 4),
        "precision": round(outcome.precision, 4) if made else None,
        "answered": round(outcome.share, 4) if made else None,
        "cut": round(made.cut, 4) if made else None,
        "mode": made.mode if made else None,
        "questions": made.questions if made else 0,
        "curve": [
            {
                "cut": round(step.cut, 4),
                "answered": round(step.share, 4),
                "precision": round(step.precision, 4),
            }
            for step in outcome.steps[::every]
        ],
    }
