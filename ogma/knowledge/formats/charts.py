"""Charts and diagrams inside office files to Markdown: what they say, not how they look."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree import ElementTree

from ogma.knowledge.content import markdown_table
from ogma.knowledge.formats.package import attribute, child_at, local, parse, relation_id

Relations = Mapping[str, tuple[str, str]]

_ACROSS: Final = ("cat", "xVal")
_UP: Final = ("val", "yVal")
_MOST_POINTS: Final = 2_000


def drawn(
    package: zipfile.ZipFile, parts: Relations, element: ElementTree.Element
) -> Iterator[str]:
    """The blocks of a chart or diagram that `element` names; none where it names nothing.

    `parts` are the relations of the part that it stands in.
    """
    kind = local(element)
    if kind == "chart":
        target = parts.get(relation_id(element))
    elif kind == "relIds":
        target = parts.get(attribute(element, "dm") or "")
    else:
        return
    if target is None or target[1] not in package.namelist():
        return
    root = parse(package, target[1])
    yield from _chart(root) if kind == "chart" else _diagram(root)


def _diagram(root: ElementTree.Element) -> Iterator[str]:
    """The words of a diagram's shapes, as a list."""
    points = (element for element in root.iter() if local(element) == "pt")
    words = [" ".join(_letters(point).split()) for point in points]
    if listed := "\n".join(f"- {word}" for word in words if word):
        yield listed


def _chart(root: ElementTree.Element) -> Iterator[str]:
    """Its title, and its numbers as a table with a column for each series."""
    title = child_at(root, "chart", "title")
    if title is not None and (words := " ".join(_letters(title).split())):
        yield words
    series = [element for element in root.iter() if local(element) == "ser"]
    names = [_name(element) for element in series]
    columns = [_points(element, _UP) for element in series]
    labels: dict[int, str] = {}
    for element in series:
        labels = {**_points(element, _ACROSS), **labels}
    places = sorted({*labels, *(place for column in columns for place in column)})
    rows = [
        [labels.get(place, ""), *(column.get(place, "") for column in columns)]
        for place in places[:_MOST_POINTS]
    ]
    if rows:
        yield markdown_table([["", *names], *rows])


def _name(series: ElementTree.Element) -> str:
    stated = child_at(series, "tx")
    values = stated.iter() if stated is not None else ()
    return " ".join(element.text or "" for element in values if local(element) == "v")


def _points(series: ElementTree.Element, kinds: tuple[str, ...]) -> dict[int, str]:
    """Place -> value, of the first of the kinds that the series has."""
    axis = next((child for child in series if local(child) in kinds), None)
    found: dict[int, str] = {}
    for point in axis.iter() if axis is not None else ():
        value = child_at(point, "v")
        place = attribute(point, "idx") or ""
        if local(point) == "pt" and value is not None and place.isdigit():
            found[int(place)] = (value.text or "").removesuffix(".0")
    return found


def _letters(element: ElementTree.Element) -> str:
    """The text in an element, its paragraphs apart by a space."""
    parts = []
    for child in element.iter():
        if local(child) == "p":
            parts.append(" ")
        elif local(child) == "t":
            parts.append(child.text or "")
    return "".join(parts)
