"""A fresh data folder with a copy of another folder's knowledge base, and nothing else of it."""

from __future__ import annotations

from pathlib import Path

from ogma.store.knowledge_copy import copy_from
from ogma.store.listing import count_documents
from ogma.store.opening import FILE_NAME, open_database


def copy_knowledge(source: Path, target: Path) -> int:
    """Copy; gives the number of documents, 0 where the source has no database or no documents.

    The source is opened as every command does, so both have the newest schema.
    """
    if not (source / FILE_NAME).exists():
        return 0
    there = open_database(source)
    try:
        documents = count_documents(there)
    finally:
        there.close()
    if documents:
        here = open_database(target)
        try:
            copy_from(here, source / FILE_NAME)
        finally:
            here.close()
    return documents
