"""Office files as packages: zip archives of XML parts, read leniently by local names."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Final
from xml.etree import ElementTree

from ogma.knowledge.content import Unreadable

MOST_UNPACKED: Final = 256 * 2**20
MOST_RATIO: Final = 100
RATIO_MATTERS: Final = 16 * 2**20
"""Below this size a file may be compressed as well as it likes."""
_PROPER_NAMES: Final = ("[Content_Types].xml", "xl/sharedStrings.xml", "docProps/core.xml")


def refuse_bombs(package: zipfile.ZipFile, packed: int) -> None:
    """Raise for a package that unpacks to too much, in all or for its size."""
    unpacked = sum(member.file_size for member in package.infolist())
    if unpacked > MOST_UNPACKED:
        raise Unreadable(
            f"it unpacks to {unpacked >> 20} MB and the limit is {MOST_UNPACKED >> 20}"
        )
    if unpacked > RATIO_MATTERS and unpacked > MOST_RATIO * packed:
        raise Unreadable(f"it unpacks to {unpacked // packed} times its size")


def renamed(package: zipfile.ZipFile) -> bytes:
    """The same package with the names of its parts as they should be: some programs of old
    wrote backslashes and small letters alone."""
    proper = {name.lower(): name for name in _PROPER_NAMES}
    anew = io.BytesIO()
    with zipfile.ZipFile(anew, "w") as sound:
        for member in package.infolist():
            name = member.orig_filename.replace("\\", "/")
            sound.writestr(proper.get(name.lower(), name), package.read(member))
    return anew.getvalue()


def parse(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A part of the package as XML; raises where it declares entities of its own."""
    raw = package.read(name)
    if b"<!DOCTYPE" in raw[:2048] or b"<!ENTITY" in raw:
        raise Unreadable("it declares XML entities, which office documents never do")
    return ElementTree.fromstring(raw)


def local(element: ElementTree.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def attribute(element: ElementTree.Element, name: str) -> str | None:
    """An attribute by its name without namespace, or None."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return None


def child_at(element: ElementTree.Element, *path: str) -> ElementTree.Element | None:
    """The element at the end of a path of names without namespaces, or None."""
    for name in path:
        found = next((child for child in element if local(child) == name), None)
        if found is None:
            return None
        element = found
    return element


def stated_title(package: zipfile.ZipFile) -> str | None:
    """The title in the document's properties."""
    try:
        properties = parse(package, "docProps/core.xml")
    except (KeyError, ElementTree.ParseError, Unreadable):
        return None
    title = next((part.text for part in properties if local(part) == "title"), None)
    words = " ".join((title or "").split())
    return words if len(words) > 2 else None


def relation_id(element: ElementTree.Element) -> str:
    """The relation that an element names: its r:id, not the plain id beside it."""
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")


def relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Relation id -> (kind, name of the part or address outside that it leads to)."""
    folder, name = posixpath.split(part)
    try:
        stated = parse(package, f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    found = {}
    for relation in stated:
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            within = target.lstrip("/") if target[:1] == "/" else posixpath.join(folder, target)
            target = posixpath.normpath(within)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, target)
    return found
