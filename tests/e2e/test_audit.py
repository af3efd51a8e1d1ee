"""What the server's audit log says of Ogma: in the owner's language, of each change a reason."""

from __future__ import annotations

from tests.e2e.conftest import BuildTown
from tests.e2e.town import Town

CATEGORY = "General Tickets"


def reasons(town: Town) -> list[str]:
    """In the order of the requests, each once."""
    said = [one["reason"] for one in town.requests() if one["reason"]]
    return list(dict.fromkeys(said))


def test_s2_every_change_to_a_channel_has_its_reason(build_town: BuildTown) -> None:
    """S2, U2: from the catalogue, through a header that takes nothing but ASCII."""
    quick, other = ({"id": "quick", "label": "Schnell"}, {"id": "other", "label": "Rückgaben 📦"})
    town = build_town(
        language="de", more_types=[{**one, "intake": "none"} for one in (quick, other)]
    )
    [parent] = [one for one in town.state()["channels"] if one["name"] == CATEGORY]
    admin = town.control.admin
    admin("create_channel", name="filler", parent=parent["id"], count=50, wait_s=0)
    town.run_bot()
    channel = town.open_ticket("alice", "quick")
    bob = next(one["id"] for one in town.state()["members"] if one["name"] == "bob")
    for name, options in (
        ("add", {"member": bob}),
        ("lockdown", {}),
        ("unlock", {}),
        ("rename", {"name": "anders"}),
        ("transfer", {"type": "other"}),
        ("close", {"reason": "resolved"}),
    ):
        town.command("mia", channel, name, **options)
        town.until_idle()
    town.until_closed()
    assert reasons(town) == [
        "Ogma: Ticket 1 geöffnet",
        "Ogma: Die Kategorie General Tickets ist voll",
        "Ogma: Ticket 1, Beteiligte geändert",
        "Ogma: Ticket 1 für die Leitung gesperrt",
        "Ogma: Ticket 1 entsperrt",
        "Ogma: Ticket 1 umbenannt",
        "Ogma: Ticket 1 zu Rückgaben 📦 verschoben",
        "Ogma: Ticket 1 geschlossen, daher schreibt niemand mehr",
        "Ogma: Ticket 1 geschlossen und archiviert",
    ]
    unsaid = [
        (one["method"], one["path"])
        for one in town.requests()
        if not one["reason"] and one["method"] in ("PATCH", "PUT", "DELETE", "POST")
    ]
    assert not [path for _, path in unsaid if path.split("/")[1] == "guilds"]
    assert not [path for _, path in unsaid if path == f"/channels/{channel}"]
    assert not [path for _, path in unsaid if "/permissions/" in path]
