"""S5: what a running bot takes over from a changed config."""

from __future__ import annotations

from typing import Any

import pytest

from ogma.domain.opening import MEMBER_BITS
from ogma.domain.policies import Settings
from ogma.domain.reload import FIXED, change, panel_differs, with_staff

DOCUMENT: dict[str, Any] = {
    "discord": {"guild": 1},
    "channels": {"panel": 21, "staff_review": 22, "transcripts": 23},
    "types": [{"id": "general", "label": "General", "category": 31}],
}
BEFORE = Settings.model_validate(DOCUMENT)


def with_(**tables: Any) -> Settings:
    return Settings.model_validate({**DOCUMENT, **tables})


def test_what_needs_a_restart_stays_and_is_named() -> None:
    """S5: the rest of the same edit is used."""
    wanted = with_(
        language="de", discord={"guild": 1, "token_file": "other"}, knowledge={"precision": "fp32"}
    )
    found = change(BEFORE, wanted)
    assert found.restart == ("discord.token_file", "knowledge.precision")
    assert found.settings.language == "de"
    assert all(getattr(found.settings, table) == getattr(BEFORE, table) for table in FIXED)
    assert not found.other_server


def test_another_server_is_nothing_to_go_on_with() -> None:
    """S5: ids of channels and roles there mean nothing here."""
    assert change(BEFORE, with_(discord={"guild": 2})).other_server
    assert not change(BEFORE, BEFORE).restart


@pytest.mark.parametrize(
    ("tables", "differs"),
    [
        ({}, False),
        ({"ai": {"threshold": 0.9}}, False),
        ({"panel": {"title": "Help"}}, True),
        ({"language": "de"}, True),
        ({"texts": {"panel.closed": "Closed."}}, True),
        ({"types": [{**DOCUMENT["types"][0], "label": "G"}]}, True),
        ({"channels": {**DOCUMENT["channels"], "panel": 24}}, True),
        ({"channels": {**DOCUMENT["channels"], "transcripts": 24}}, False),
    ],
)
def test_the_panel_is_looked_at_when_it_may_differ(tables: dict[str, Any], differs: bool) -> None:
    """O1."""
    assert panel_differs(BEFORE, with_(**tables)) is differs


def test_staff_roles_of_a_channel() -> None:
    """S5: those who are gone go, those who are new come, everybody else stays as they are."""
    bot = {"id": "9", "type": 1, "allow": "1", "deny": "0"}
    mine = {"id": "11", "type": 0, "allow": "1024", "deny": "2048"}
    old = {"id": "12", "type": 0, "allow": str(MEMBER_BITS), "deny": "0"}
    member = {"id": "13", "type": 1, "allow": "1024", "deny": "0"}
    after = with_staff([bot, mine, old, member], staff={11, 14}, gone={12, 13})
    assert after == [
        bot, mine, member, {"id": "14", "type": 0, "allow": str(MEMBER_BITS), "deny": "0"}
    ]  # fmt: skip
    assert with_staff(after, staff={11, 14}, gone={12, 13}) == after
