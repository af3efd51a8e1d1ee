"""What one key alone cannot tell about macros."""

from __future__ import annotations

from collections.abc import Iterator

from ogma.domain.macros import PLACEHOLDERS, MacroPolicy, unknown_placeholders
from ogma.domain.policies import TypePolicy
from ogma.settings.lines import Path
from ogma.settings.problems import Problem, nearest


def problems(macros: tuple[MacroPolicy, ...], types: tuple[TypePolicy, ...]) -> Iterator[Problem]:
    """Ids given twice, placeholders that mean nothing, types that do not exist."""
    known = [kind.id for kind in types]
    first: set[str] = set()
    for number, macro in enumerate(macros):
        place: Path = ("macros", number)
        if macro.id in first:
            yield Problem((*place, "id"), f'the macro id "{macro.id}" is given twice')
        first.add(macro.id)
        for name in unknown_placeholders(macro.text):
            allowed = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            yield Problem(
                (*place, "text"),
                f"macros.{macro.id}.text has {{{name}}}; allowed are {allowed}"
                f"{nearest(name, PLACEHOLDERS)}",
            )
        for type_id in macro.types:
            if type_id not in known:
                yield Problem(
                    (*place, "types"),
                    f'macros.{macro.id}.types names "{type_id}", which is no ticket type'
                    f"{nearest(type_id, known)}",
                )
