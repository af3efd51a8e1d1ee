"""S3: is the server fit for the settings? Each fault gets a line with its exact fix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ogma.domain.diagnosis import Finding, Level
from ogma.domain.permissions import (
    ADMINISTRATOR,
    ATTACH_FILES,
    INVITE,
    MANAGE_CHANNELS,
    MANAGE_ROLES,
    PIN_MESSAGES,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    Overwrite,
)
from ogma.domain.policies import Settings
from ogma.domain.readiness import Channel, Role, Server, findings

GUILD, BOT, OGMA, STAFF = 1, 900, 10, 11
PANEL, REVIEW, TRANSCRIPTS, CATEGORY = 21, 22, 23, 31

SETTINGS = Settings.model_validate(
    {
        "discord": {"guild": GUILD},
        "roles": {"staff": [STAFF]},
        "channels": {"panel": PANEL, "staff_review": REVIEW, "transcripts": TRANSCRIPTS},
        "types": [{"id": "general", "label": "General", "category": CATEGORY}],
        "escalation": {"ping_roles": [STAFF]},
    }
)

HIDDEN = (Overwrite(GUILD, True, 0, VIEW_CHANNEL), Overwrite(OGMA, True, VIEW_CHANNEL, 0))
READ_ONLY = (Overwrite(GUILD, True, 0, SEND_MESSAGES), Overwrite(OGMA, True, SEND_MESSAGES, 0))

CHANNELS = {
    PANEL: Channel("open-a-ticket", 0, None, READ_ONLY),
    REVIEW: Channel("staff-review", 0, None, HIDDEN),
    TRANSCRIPTS: Channel("transcripts", 0, None, HIDDEN),
    CATEGORY: Channel("Tickets", 4, None, ()),
}

ROLES = {
    GUILD: Role("@everyone", VIEW_CHANNEL | SEND_MESSAGES, False),
    OGMA: Role("Ogma", INVITE, False),
    STAFF: Role("Support", 0, True),
}

FIT = Server(
    id=GUILD,
    name="Shop",
    bot=BOT,
    application=77,
    flags=(1 << 19) | (1 << 14),
    bot_roles=(OGMA,),
    roles=ROLES,
    channels=CHANNELS,
    clock_ahead=0,
)


def faults(server: Server, settings: Settings = SETTINGS) -> list[Finding]:
    """What is not ok."""
    return [one for one in findings(server, settings) if one.level is not Level.OK]


def with_channel(number: int, **changes: Any) -> Server:
    """The fit server with one channel changed."""
    return replace(FIT, channels={**CHANNELS, number: replace(CHANNELS[number], **changes)})


def with_role(number: int, **changes: Any) -> Server:
    """The fit server with one role changed."""
    return replace(FIT, roles={**ROLES, number: replace(ROLES[number], **changes)})


def filled(inside: int, outside: int = 0) -> Server:
    """The fit server with so many channels inside the category and beside it."""
    more = {1000 + n: Channel("t", 0, CATEGORY, ()) for n in range(inside)}
    more |= {5000 + n: Channel("c", 0, None, ()) for n in range(outside)}
    return replace(FIT, channels={**CHANNELS, **more})


def test_a_fit_server_has_no_faults() -> None:
    """S3: every line is ok, and no ok has a fix."""
    assert faults(FIT) == []
    assert not any(one.fix for one in findings(FIT, SETTINGS))
    assert {one.name for one in findings(FIT, SETTINGS)} == {
        "intents",
        "roles",
        "permissions",
        "hierarchy",
        "channels",
        "categories",
        "room",
        "clock",
    }


@pytest.mark.parametrize(
    ("server", "level", "text", "fix"),
    [
        (
            replace(FIT, flags=1 << 15),
            "failure",
            "Off, though the bot asks for it: Message Content Intent.",
            "page Bot.",
        ),
        (
            replace(FIT, flags=1 << 18),
            "failure",
            "Off, though the bot asks for it: Server Members Intent.",
            "or ogma config set discord.members_intent false.",
        ),
        (replace(FIT, flags=0), "failure", "Message Content Intent and Server Members I", "false."),
        (
            replace(FIT, roles={key: role for key, role in ROLES.items() if key != STAFF}),
            "failure",
            "roles.staff names 11, a role that Shop does not have.",
            "ogma config set roles.staff ID",
        ),
        (
            with_role(STAFF, mentionable=False),
            "warning",
            "The role Support cannot be mentioned",
            "Server Settings, Roles, Support",
        ),
        (
            with_role(OGMA, permissions=INVITE & ~(MANAGE_ROLES | PIN_MESSAGES)),
            "failure",
            "The bot lacks on the whole server: Manage Roles, Pin Messages.",
            "https://discord.com/oauth2/authorize?client_id=77&permissions=2251800082238480",
        ),
        (
            with_role(OGMA, permissions=ADMINISTRATOR),
            "warning",
            "The bot is an administrator",
            "Take Administrator from its role",
        ),
        (
            replace(FIT, channels={k: c for k, c in CHANNELS.items() if k != PANEL}),
            "failure",
            "channels.panel names 21, that the bot cannot find on Shop.",
            "ogma config set channels.panel ID",
        ),
        (
            with_channel(REVIEW, kind=2),
            "failure",
            "channels.staff_review names 22, that is no text channel on Shop.",
            "ogma config set channels.staff_review ID",
        ),
        (
            with_channel(TRANSCRIPTS, overwrites=(*HIDDEN, Overwrite(BOT, False, 0, ATTACH_FILES))),
            "failure",
            "The bot lacks in #transcripts: Attach Files.",
            "Edit #transcripts, Permissions",
        ),
        (
            with_channel(REVIEW, overwrites=()),
            "failure",
            "Every member can read #staff-review",
            "@everyone: deny View Channel",
        ),
        (
            with_channel(PANEL, overwrites=HIDDEN),
            "warning",
            "Members without a role do not see #open-a-ticket",
            "@everyone: allow View Channel",
        ),
        (
            with_channel(PANEL, overwrites=()),
            "warning",
            "Everybody can write in #open-a-ticket",
            "@everyone: deny Send Messages",
        ),
        (
            with_channel(CATEGORY, kind=0),
            "failure",
            "types.general.category names 31, that is no category on Shop.",
            "ogma config set types.general.category ID",
        ),
        (
            with_channel(CATEGORY, overwrites=(Overwrite(OGMA, True, 0, MANAGE_CHANNELS),)),
            "failure",
            "The bot lacks in the category Tickets: Manage Channels.",
            "allow these for the bot",
        ),
        (filled(45), "warning", "The category Tickets holds 45 of 50", "another category"),
        (filled(50), "warning", "so new tickets open in Tickets 2.", "another category"),
        (filled(0, 446), "warning", "Shop holds 450 of 500 channels.", "Delete channels"),
        (filled(0, 496), "failure", "Shop holds 500 of 500 channels.", "Delete channels"),
        (replace(FIT, clock_ahead=61_000), "warning", "61 s ahead of Discord's", "timedatectl"),
        (replace(FIT, clock_ahead=-90_000), "warning", "90 s behind Discord's", "timedatectl"),
    ],
)
def test_each_fault_is_one_line_with_its_fix(
    server: Server, level: str, text: str, fix: str
) -> None:
    """S3, P36, O6."""
    found = faults(server)
    matching = [one for one in found if text in one.text]
    assert len(matching) == 1, found
    assert matching[0].level == level
    assert fix in matching[0].fix
    assert len(found) == 1 or {one.name for one in found} == {"roles"}


def test_just_below_each_limit_all_is_well() -> None:
    """The limits are exact: 44 in a category, 449 on the server, 60 s."""
    assert faults(filled(44)) == []
    assert faults(filled(0, 445)) == []
    assert faults(replace(FIT, clock_ahead=60_000)) == []


def test_an_intent_that_is_not_wanted_is_not_asked_for() -> None:
    """discord.members_intent off: the portal's switch does not matter."""
    discord = SETTINGS.discord.model_copy(update={"members_intent": False})
    assert (
        faults(replace(FIT, flags=1 << 18), SETTINGS.model_copy(update={"discord": discord})) == []
    )


def test_an_announcement_channel_serves_as_well() -> None:
    """Discord's type 5 takes messages like a text channel."""
    assert faults(with_channel(PANEL, kind=5)) == []


def test_a_disabled_types_category_is_not_asked_for() -> None:
    """O2: nothing is opened there."""
    kinds = (SETTINGS.types[0], replace_type(category=99, enabled=False))
    assert faults(FIT, SETTINGS.model_copy(update={"types": kinds})) == []


def replace_type(**changes: Any) -> Any:
    """The sample type, changed."""
    return SETTINGS.types[0].model_copy(update={"id": "other", **changes})


def test_the_channel_of_learned_tips_is_looked_at_where_there_is_one() -> None:
    """S3, L1: none is fine; one that is named must be there, and for the team only."""
    channels = SETTINGS.channels.model_copy(update={"learned_tips": 24})
    learning = SETTINGS.model_copy(update={"channels": channels})
    [missing] = faults(FIT, learning)
    assert "channels.learned_tips names 24, that the bot cannot find" in missing.text
    tips = Channel("learned-tips", 0, None, HIDDEN)
    there = replace(FIT, channels={**CHANNELS, 24: tips})
    assert faults(there, learning) == []
    open_to_all = replace(FIT, channels={**CHANNELS, 24: replace(tips, overwrites=())})
    [public] = faults(open_to_all, learning)
    assert public.level is Level.FAILURE and "Every member can read #learned-tips" in public.text
