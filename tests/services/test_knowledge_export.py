"""K1: a knowledge base is written as files, and taken in again as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.limits import Limits
from ogma.errors import UsageError
from ogma.knowledge.writing import file_name
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.knowledge_export import export
from ogma.services.knowledge.pasted import paste
from ogma.store.opening import open_database
from tests.knowledge.fakes import ReadingHere

GUIDE = """# Guide

Before anything.

## Refunds

Within 14 days.

### Cards

Back to the card. A second sentence.

| card | days |
|---|---|
| blue | 3 |

## Refunds of gifts

- one
- two

```sh
# no heading
run --now
```
"""
WORDY = "\n\n".join(
    f"Sentence {number} says something about parcels and days." for number in range(60)
)


def service(folder: Path) -> KnowledgeService:
    return KnowledgeService(open_database(folder), folder, None, reading=ReadingHere)


def content(knowledge: KnowledgeService) -> dict[str, list[tuple[str, str]]]:
    return {
        document.title: [(one.heading, one.text) for one in knowledge.document(document.name)[1]]
        for document, _ in knowledge.documents()
    }


@pytest.fixture
def knowledge(tmp_path: Path) -> KnowledgeService:
    docs = tmp_path / "docs" / "shop"
    docs.mkdir(parents=True)
    (docs / "guide.md").write_text(GUIDE)
    (docs / "parcels.txt").write_text(WORDY)
    made = service(tmp_path / "data")
    made.ingest([str(docs.parent)], 1)
    paste(made, "Hours: when?", "From nine to five.", 1, Limits(frozenset({"a"}), frozenset({7})))
    return made


def test_k1_an_export_goes_in_again_as_it_was(knowledge: KnowledgeService, tmp_path: Path) -> None:
    assert export(knowledge, tmp_path / "out") == [
        "Hours- when-.md",
        "shop/guide.md",
        "shop/parcels.txt.md",
    ]
    again = service(tmp_path / "again")
    assert again.ingest([str(tmp_path / "out")], 2).failed == []
    before, after = content(knowledge), content(again)
    assert after["Guide"] == before["Guide"] and after["Hours: when?"] == before["Hours: when?"]

    def said(passages: list[tuple[str, str]]) -> list[str]:
        return " ".join(text for _, text in passages).split()

    assert said(after["parcels"]) == said(before["parcels"]), "cut elsewhere, nothing lost"
    third = service(tmp_path / "third")
    export(again, tmp_path / "out2")
    third.ingest([str(tmp_path / "out2")], 3)
    assert content(third) == after


def test_k8_limits_go_along(knowledge: KnowledgeService, tmp_path: Path) -> None:
    """Nothing that was for some is for all after the way through files."""
    export(knowledge, tmp_path / "out")
    again = service(tmp_path / "again")
    again.ingest([str(tmp_path / "out")], 2)
    limited = {one.title: (one.types, one.roles) for one, _ in again.documents()}
    assert limited["Hours: when?"] == (frozenset({"a"}), frozenset({7}))
    assert limited["Guide"] == (frozenset(), frozenset())


def test_a_folder_that_holds_something_is_left_alone(
    knowledge: KnowledgeService, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="is not empty"):
        export(knowledge, tmp_path / "docs")


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("https://shop.example/help?x=1", "shop.example/help-x=1.md"),
        ("../../etc/passwd", "etc/passwd.md"),
        ("guide.MD", "guide.MD"),
        ("..", "document.md"),
        ("taken.md", "taken-2.md"),
    ],
)
def test_names_stay_below_the_folder(document: str, name: str) -> None:
    assert file_name(document, {"taken.md"}) == name
