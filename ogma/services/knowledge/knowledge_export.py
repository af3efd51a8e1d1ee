"""The knowledge base as a folder of Markdown files, which `kb ingest` takes in again (K1)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ogma.domain.limits import AS_BEFORE, Limits
from ogma.errors import OgmaError, UsageError
from ogma.knowledge.writing import as_markdown, file_name

if TYPE_CHECKING:
    from ogma.services.knowledge.knowledge import KnowledgeService

MANIFEST: Final = ".ogma-export.json"
"""Beside the files: what Markdown cannot say. Without it, limits would be lifted on the way."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What the manifest says of one file."""

    limits: Limits = AS_BEFORE
    url: str | None = None


def export(knowledge: KnowledgeService, folder: Path) -> list[str]:
    """Write every document but tips, which `tips export` writes; gives the files' names.

    Raises UsageError for a folder that holds something, OgmaError where it cannot be written.
    """
    taken: set[str] = set()
    manifest: dict[str, Any] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty; name a new folder.")
        for document, _ in knowledge.documents():
            if document.kind == "tip":
                continue
            name = file_name(document.name, taken)
            taken.add(name.lower())
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            _, passages = knowledge.document(document.name)
            target.write_text(as_markdown(document.title, passages), encoding="utf-8")
            manifest[name] = {
                "types": sorted(document.types),
                "roles": [str(role) for role in sorted(document.roles)],
                "url": document.url,
            }
        text = json.dumps({"documents": manifest}, ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OgmaError(f"{folder} cannot be written: {error.strerror}.") from error
    return list(manifest)


class Manifests:
    """What exported folders say of their files; nothing for other folders."""

    def __init__(self) -> None:
        self._read: dict[Path, dict[str, Any]] = {}

    def of(self, path: Path) -> Exported:
        """What is known of a file, by the nearest manifest above it."""
        for folder in path.parents:
            found = self._documents(folder).get(path.relative_to(folder).as_posix())
            if found is not None:
                limits = Limits(
                    frozenset(map(str, found.get("types", ()))),
                    frozenset(map(int, found.get("roles", ()))),
                )
                return Exported(limits, found.get("url"))
        return Exported()

    def _documents(self, folder: Path) -> dict[str, Any]:
        if folder not in self._read:
            try:
                raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
                self._read[folder] = dict(raw["documents"])
            except (OSError, ValueError, KeyError, TypeError):
                self._read[folder] = {}
        return self._read[folder]
