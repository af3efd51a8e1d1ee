from __future__ import annotations

from pathlib import Path

from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.knowledge.knowledge_copy import copy_knowledge
from ogma.store import tickets
from ogma.store.opening import open_database


def test_only_the_knowledge_base_is_copied(tmp_path: Path) -> None:
    """R3: a rehearsal works on a copy and sees nothing of the owner's tickets."""
    owner, target = tmp_path / "owner", tmp_path / "target"
    document = tmp_path / "refunds.md"
    document.write_text("# Refunds\n\nWithin fourteen days.\n", encoding="utf-8")
    db = open_database(owner)
    KnowledgeService(db, owner).ingest([str(document)], 1)
    with db.write():
        facts = {"key": "k", "guild_id": 1, "type_id": "t", "customer_id": 2, "state": "open"}
        times = {"customer_name": "alice", "opened_at": 1, "last_activity_at": 1}
        tickets.insert(db, facts | times)
    assert copy_knowledge(owner, target) == 1
    copied = open_database(target)
    found = KnowledgeService(copied, target).search("fourteen days", 5)
    assert [hit.passage.document for hit in found.hits] == ["refunds.md"]
    assert tickets.get(copied, 1) is None
    assert tickets.get(db, 1) is not None


def test_nothing_to_copy(tmp_path: Path) -> None:
    assert copy_knowledge(tmp_path / "none", tmp_path / "target") == 0
    open_database(tmp_path / "empty")
    assert copy_knowledge(tmp_path / "empty", tmp_path / "target") == 0
    assert not (tmp_path / "target").exists()
