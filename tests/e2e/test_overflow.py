"""Full categories, and the panel in all its sizes (O1, O5, O6)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ogma.sandbox.control_client import AsyncControlClient
from tests.e2e.conftest import OPTIONS, BuildTown
from tests.e2e.permissions import viewers
from tests.e2e.town import Json, Town, buttons

CATEGORY = "General Tickets"


def categories(town: Town, prefix: str = CATEGORY) -> dict[str, Json]:
    """The categories that begin so, by name; each name is there once."""
    found = [one for one in town.state()["channels"] if one["type"] == 4]
    named = [one for one in found if one["name"].startswith(prefix)]
    assert len({one["name"] for one in named}) == len(named), "no category is made twice"
    return {one["name"]: one for one in named}


def fill(town: Town, category: str, left: int = 0) -> None:
    """Fill a category by hand but for so many places."""
    [parent] = [one for one in town.state()["channels"] if one["name"] == category]
    inside = sum(one["parent"] == parent["id"] for one in town.state()["channels"])
    town.control.admin(
        "create_channel", name="filler", parent=parent["id"], count=50 - inside - left, wait_s=0
    )


def parent_of(town: Town, channel: str) -> str:
    """The name of the category that a channel is in."""
    by_id = {one["id"]: one for one in town.state()["channels"]}
    name: str = by_id[by_id[channel]["parent"]]["name"]
    return name


def test_o6_a_full_category_overflows(town: Town) -> None:
    """O6: into "NAME 2", then "NAME 3"; back into the first as soon as it has room."""
    fill(town, CATEGORY)
    channel = town.open_ticket("alice", "quick")
    assert parent_of(town, channel) == f"{CATEGORY} 2"
    [place] = town.ticket_channels()
    assert viewers(town.state(), place) == {"alice", "sam", "sue", "mia", "omar", "Ogma"}
    second = town.open_ticket("bob", "quick")
    assert parent_of(town, second) == f"{CATEGORY} 2"
    fill(town, f"{CATEGORY} 2")
    third = town.open_ticket("carol", "quick")
    assert parent_of(town, third) == f"{CATEGORY} 3"
    filler = next(one for one in town.state()["channels"] if one["name"] == "filler")
    town.control.admin("delete_channel", channel=filler["id"], wait_s=0)
    town.open_ticket("alice", "general")
    assert sorted(categories(town)) == [CATEGORY, f"{CATEGORY} 2", f"{CATEGORY} 3"]


def test_o6_tickets_that_overflow_together_share_a_category(town: Town) -> None:
    """O6: one place is left; three click at once, and one further category serves the others."""
    fill(town, CATEGORY, left=1)
    panel = town.by_bot("open-a-ticket")[0]["id"]

    async def all_click() -> None:
        async with AsyncControlClient(town.server.ready["control"]) as control:
            await asyncio.gather(
                *(
                    control.click(who, "ogma:open:quick", panel, wait_s=30)
                    for who in ("alice", "bob", "carol")
                )
            )

    asyncio.run(all_click())
    town.wait_until(lambda: len(town.ticket_channels()) == 3, "all have their channel")
    town.until_idle()
    assert sorted(categories(town)) == [CATEGORY, f"{CATEGORY} 2"]


@pytest.mark.parametrize("point", ["overflow.made", "open_channel.sent"])
def test_o6_overflow_survives_a_crash(build_town: BuildTown, point: str) -> None:
    """O6, P1: the category that was made before the crash is found by its name."""
    town = build_town()
    town.run_bot(crash_at=point)
    fill(town, CATEGORY)
    town.control.click("alice", "ogma:open:quick", wait_s=0)
    channel = town.wait_until(lambda: town.channel_of("alice", "quick"), "the channel is there")
    assert town.revivals == 1
    assert parent_of(town, str(channel)) == f"{CATEGORY} 2"
    assert len(town.ticket_channels()) == 1
    assert sorted(categories(town)) == [CATEGORY, f"{CATEGORY} 2"]


def panels(town: Town) -> list[Json]:
    return [one for one in town.by_bot("open-a-ticket") if one["components"]]


def types(count: int) -> list[dict[str, Any]]:
    """So many types in all: the sample guild has two of them."""
    return [
        {"id": f"type-{number}", "label": f"Type {number}", "intake": "none"}
        for number in range(3, count + 1)
    ]


def test_o1_the_panel_is_edited_in_place_and_never_doubled(build_town: BuildTown) -> None:
    """O1: four buttons, then a dropdown of 25, then buttons again: one message all along."""
    town = build_town(more_types=types(4))
    town.run_bot()
    [panel] = panels(town)
    assert buttons(panel) == [
        f"ogma:open:{one}" for one in ("general", "billing", "type-3", "type-4")
    ]

    for count in (5, 25):
        town.kill_bot()
        town.configure({**town.options, "more_types": types(count)})
        town.run_bot()
        [edited] = panels(town)
        assert edited["id"] == panel["id"]
        [[dropdown]] = [row["components"] for row in edited["components"]]
        assert (dropdown["custom_id"], len(dropdown["options"])) == ("ogma:choose:panel", count)

    town.control.select("alice", "ogma:choose:panel", ["type-25"], panel["id"], wait_s=0)
    town.wait_until(lambda: town.channel_of("alice", "type-25"), "the 25th type opens")
    town.kill_bot()
    town.configure({**town.options, "more_types": OPTIONS["more_types"]})
    town.run_bot()
    [edited] = panels(town)
    assert edited["id"] == panel["id"]
    assert len(buttons(edited)) == 3


def test_o1_a_deleted_panel_is_posted_again(town: Town) -> None:
    """O1: after a restart there is one, and it works."""
    [panel] = panels(town)
    town.control.admin("delete_message", message=panel["id"], wait_s=0)
    assert panels(town) == []
    town.restart_bot()
    [again] = panels(town)
    assert again["id"] != panel["id"]
    assert town.open_ticket("alice", "quick")


def test_o1_an_old_panel_opens_nothing_that_is_gone(build_town: BuildTown) -> None:
    """O1, O3: a button of a type that is no longer there says so."""
    town = build_town()
    town.run_bot()
    town.kill_bot()
    town.configure({**town.options, "more_types": [{**OPTIONS["more_types"][0], "enabled": False}]})
    town.control.faults(
        "PATCH", "/channels/*/messages/*", times=1, status=403, code=50013, wait_s=0
    )
    town.launch()
    town.wait_until(
        lambda: town.count("FROM job WHERE kind = 'sync_panel' AND state = 'failed'"),
        "the panel stays as it was",
    )
    assert "is not available" in town.click("alice", "ogma:open:quick").text
    assert town.count("FROM ticket") == 0
