"""S2: from how a server looks and what the config asks for to the steps in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ogma.domain.permissions import (
    ADMINISTRATOR,
    ATTACH_FILES,
    INVITE,
    MANAGE_CHANNELS,
    MANAGE_ROLES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    TALK,
    VIEW_CHANNEL,
    Overwrite,
)
from ogma.domain.policies import Settings
from ogma.domain.readiness import Channel, Role, Server
from ogma.domain.setup import Action, Plan, State, panel_action, places, plan

GUILD, BOT, OGMA, STAFF, BILLING, MANAGEMENT, GUEST = 1, 900, 10, 11, 12, 13, 14
PANEL, REVIEW, TRANSCRIPTS, CATEGORY, ELSEWHERE = 21, 22, 23, 31, 99
READ = VIEW_CHANNEL | READ_MESSAGE_HISTORY

SETTINGS = Settings.model_validate(
    {
        "discord": {"guild": GUILD},
        "roles": {"staff": [STAFF], "management": [MANAGEMENT]},
        "channels": {"panel": PANEL, "staff_review": REVIEW, "transcripts": TRANSCRIPTS},
        "types": [
            {"id": "general", "label": "General", "category": CATEGORY},
            {"id": "billing", "label": "Billing", "category": CATEGORY, "staff_roles": [BILLING]},
            {"id": "off", "label": "Off", "category": 77, "enabled": False},
        ],
    }
)

ROLES = {
    GUILD: Role("@everyone", READ | SEND_MESSAGES, False),
    OGMA: Role("Ogma", INVITE, False),
    STAFF: Role("Support", 0, True),
    BILLING: Role("Billing", 0, True),
    MANAGEMENT: Role("Management", 0, True),
    GUEST: Role("Guest", 0, True),
}

EMPTY = Server(
    id=GUILD,
    name="Shop",
    bot=BOT,
    application=77,
    flags=0,
    bot_roles=(OGMA,),
    roles=ROLES,
    channels={},
    clock_ahead=0,
)

TEAM_ONLY = (
    Overwrite(BOT, False, TALK),
    Overwrite(MANAGEMENT, True, READ | MANAGE_CHANNELS),
    Overwrite(STAFF, True, READ),
    Overwrite(BILLING, True, READ),
    Overwrite(GUILD, True, 0, VIEW_CHANNEL),
)
READ_ONLY = (
    Overwrite(BOT, False, TALK & ~ATTACH_FILES),
    Overwrite(GUILD, True, READ, SEND_MESSAGES),
)
FIT = replace(
    EMPTY,
    channels={
        CATEGORY: Channel("Tickets", 4, None, ()),
        PANEL: Channel("open-a-ticket", 0, None, READ_ONLY),
        REVIEW: Channel("staff-review", 0, None, TEAM_ONLY),
        TRANSCRIPTS: Channel("ticket-transcripts", 0, None, TEAM_ONLY),
    },
)


def with_channel(number: int, channel: Channel | None, server: Server = FIT) -> Server:
    """The server with this channel, or without it."""
    left = {one: there for one, there in server.channels.items() if one != number}
    return replace(server, channels=left if channel is None else {**left, number: channel})


def actions(found: Plan) -> dict[str, Action]:
    """What happens with each place, by its first key."""
    return {step.place.key: step.action for step in found.steps}


def test_an_empty_server_gets_everything_with_its_overwrites_in_the_same_call() -> None:
    """S2: one category for two types that share it, none for a type that is off."""
    found = plan(EMPTY, SETTINGS)
    assert found.state is State.PENDING
    assert not found.problems
    made = {step.place.key: step.overwrites for step in found.steps}
    assert set(actions(found).values()) == {Action.CREATE}
    assert made == {
        "types.general.category": (
            Overwrite(BOT, False, VIEW_CHANNEL | MANAGE_CHANNELS),
            Overwrite(STAFF, True, VIEW_CHANNEL),
            Overwrite(BILLING, True, VIEW_CHANNEL),
            Overwrite(MANAGEMENT, True, VIEW_CHANNEL),
            Overwrite(GUILD, True, 0, VIEW_CHANNEL),
        ),
        "channels.panel": READ_ONLY,
        "channels.staff_review": TEAM_ONLY,
        "channels.transcripts": TEAM_ONLY,
    }
    assert found.steps[0].outdated == ("types.general.category", "types.billing.category")


def test_nothing_but_what_the_bot_holds_is_put_into_an_overwrite() -> None:
    """SECURITY.md E: Discord refuses other bits, and Manage Roles altogether."""
    for step in plan(EMPTY, SETTINGS).steps:
        for one in step.overwrites:
            assert not (one.allow | one.deny) & ~(INVITE & ~MANAGE_ROLES)


def test_a_fit_server_needs_nothing() -> None:
    """S2: idempotent, and Ready only with the panel."""
    assert plan(FIT, SETTINGS, Action.KEEP).state is State.READY
    assert plan(FIT, SETTINGS, Action.CREATE).state is State.PARTIAL
    assert plan(FIT, SETTINGS, Action.CHANGE).state is State.PARTIAL


def test_what_works_another_way_is_left_alone() -> None:
    """The owner's own solution counts: roles that may server-wide, the bot through its role."""
    roles = {**ROLES, MANAGEMENT: Role("Management", ADMINISTRATOR, True)}
    own = (
        Overwrite(OGMA, True, TALK),
        Overwrite(STAFF, True, VIEW_CHANNEL),
        Overwrite(BILLING, True, VIEW_CHANNEL),
        Overwrite(GUILD, True, 0, VIEW_CHANNEL),
    )
    server = replace(with_channel(REVIEW, Channel("review", 0, None, own)), roles=roles)
    assert actions(plan(server, SETTINGS))["channels.staff_review"] is Action.KEEP


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ((), TEAM_ONLY),
        (TEAM_ONLY[:-1], (TEAM_ONLY[-1],)),
        ((*TEAM_ONLY[:-1], Overwrite(GUILD, True, VIEW_CHANNEL)), (TEAM_ONLY[-1],)),
        (
            (*TEAM_ONLY[:2], Overwrite(STAFF, True, 0, VIEW_CHANNEL), *TEAM_ONLY[3:]),
            (TEAM_ONLY[2],),
        ),
        (
            (Overwrite(BOT, False, READ, SEND_MESSAGES), *TEAM_ONLY[1:]),
            (Overwrite(BOT, False, READ | SEND_MESSAGES),),
        ),
        ((*TEAM_ONLY, Overwrite(GUEST, True, VIEW_CHANNEL)), ()),
    ],
    ids=["open", "no-denial", "everyone-allowed", "staff-denied", "bot-muted", "guest"],
)
def test_overwrites_are_repaired_and_no_more_than_that(
    there: tuple[Overwrite, ...], wanted: tuple[Overwrite, ...]
) -> None:
    """S2: whole new overwrites of those that change, the bot first; others stay."""
    found = plan(with_channel(REVIEW, Channel("staff-review", 0, None, there)), SETTINGS)
    [step] = [one for one in found.steps if one.place.key == "channels.staff_review"]
    assert step.overwrites == wanted
    assert step.action is (Action.CHANGE if wanted else Action.KEEP)


def test_a_stranger_in_a_channel_of_the_team_is_pointed_out_and_left() -> None:
    """S2: nothing is taken away that may be meant."""
    there = Channel("staff-review", 0, None, (*TEAM_ONLY, Overwrite(GUEST, True, VIEW_CHANNEL)))
    found = plan(with_channel(REVIEW, there), SETTINGS, Action.KEEP)
    assert found.state is State.READY
    assert [one.text for one in found.notes] == [
        "The role Guest, which is not staff, also sees #staff-review."
    ]


def test_the_panel_is_seen_by_everybody_unless_the_server_hides_itself() -> None:
    """A gate for newcomers is the owner's; a denial in the channel itself is mended."""
    hidden = with_channel(
        PANEL, Channel("panel", 0, None, (Overwrite(GUILD, True, 0, VIEW_CHANNEL | SEND_MESSAGES),))
    )
    [step] = [one for one in plan(hidden, SETTINGS).steps if one.place.key == "channels.panel"]
    assert step.overwrites[-1] == Overwrite(GUILD, True, READ, SEND_MESSAGES)
    gated = replace(FIT, roles={**ROLES, GUILD: Role("@everyone", 0, False)})
    bot_only = (READ_ONLY[0], Overwrite(GUILD, True, 0, SEND_MESSAGES))
    gated = with_channel(PANEL, Channel("panel", 0, None, bot_only), gated)
    assert actions(plan(gated, SETTINGS))["channels.panel"] is Action.KEEP


def test_a_channel_is_taken_by_its_name() -> None:
    """S2: adopted where the id is not there; Discord's spelling of names counts."""
    moved = Channel("Staff-Review", 0, None, TEAM_ONLY)
    server = with_channel(ELSEWHERE, moved, with_channel(REVIEW, None))
    found = plan(server, SETTINGS)
    [step] = [one for one in found.steps if one.place.key == "channels.staff_review"]
    assert (step.action, step.id, step.overwrites) == (Action.ADOPT, ELSEWHERE, ())
    assert step.outdated == ("channels.staff_review",)
    assert found.state is State.PARTIAL


def test_a_type_takes_the_category_that_another_type_has() -> None:
    """Two settings, one place: only the key that is wrong is written."""
    kinds = [
        {"id": "general", "label": "General", "category": CATEGORY},
        {"id": "sales", "label": "Sales", "category": 5, "category_name": "tickets"},
    ]
    changed = Settings.model_validate({**SETTINGS.model_dump(), "types": kinds})
    step = plan(FIT, changed).steps[0]
    assert (step.action, step.id, step.outdated) == (
        Action.ADOPT, CATEGORY, ("types.sales.category",)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (Channel("staff-review", 2, None, ()), "a voice channel"),
        (Channel("staff-review", 0, None, (), "Ticket 7 · ogma:0123456789abcdef"), "a ticket"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_only_has_the_name_is_not_taken(channel: Channel, why: str) -> None:
    """A member called "staff-review" has a ticket of that name."""
    server = with_channel(ELSEWHERE, channel, with_channel(REVIEW, None))
    assert actions(plan(server, SETTINGS))["channels.staff_review"] is Action.CREATE, why


def test_the_panels_channel_is_never_taken_for_staff() -> None:
    """Whatever its name: everybody reads it."""
    server = with_channel(PANEL, replace(FIT.channels[PANEL], name="staff-review"))
    server = with_channel(REVIEW, None, server)
    assert actions(plan(server, SETTINGS))["channels.staff_review"] is Action.CREATE


@pytest.mark.parametrize(
    ("server", "problem"),
    [
        (
            with_channel(5, Channel("staff-review", 0, None, ()), with_channel(
                6, Channel("staff-review", 0, None, ()), with_channel(REVIEW, None))),
            "channels.staff_review is not on Shop, and 2 there are called #staff-review.",
        ),
        (
            with_channel(REVIEW, Channel("Talk", 2, None, ())),
            "channels.staff_review names Talk, which is no text channel.",
        ),
        (
            with_channel(CATEGORY, Channel("talk", 0, None, ())),
            "types.general.category names talk, which is no category.",
        ),
        (
            replace(FIT, roles={**ROLES, OGMA: Role("Ogma", INVITE & ~MANAGE_ROLES, False)}),
            "The bot lacks on the whole server: Manage Roles.",
        ),
        (
            replace(FIT, roles={one: role for one, role in ROLES.items() if one != BILLING}),
            f"types.billing.staff_roles names {BILLING}, a role that Shop does not have.",
        ),
        (
            with_channel(REVIEW, Channel("staff-review", 0, None, (
                Overwrite(OGMA, True, 0, VIEW_CHANNEL),))),
            "The bot may not change who sees #staff-review; it lacks there: View Channels,"
            " Manage Roles.",
        ),
        (
            replace(EMPTY, channels={n: Channel("x", 0, None, ()) for n in range(1000, 1498)}),
            "Shop holds 498 of 500 channels, and 4 more are needed.",
        ),
    ],
    ids=["two", "voice", "no-category", "permission", "role", "out-of-reach", "full"],
)  # fmt: skip
def test_what_stands_in_the_way_is_a_sentence(server: Server, problem: str) -> None:
    """S2: wrong input ends in one sentence and a way out, before anything is done."""
    found = plan(server, SETTINGS, Action.KEEP)
    assert problem in [one.text for one in found.problems]
    assert all(one.fix for one in found.problems)
    assert found.state is not State.READY


def test_every_place_of_the_settings_has_a_name() -> None:
    """Type labels name categories unless the config does."""
    named = Settings.model_validate(
        {
            **SETTINGS.model_dump(),
            "setup": {"panel": "help"},
            "channels": {**SETTINGS.channels.model_dump(), "learned_tips": 1},
            "types": [{"id": "a", "label": "A", "category": 5, "category_name": "Cases"}],
        }
    )
    assert [one.shown for one in places(named)] == [
        "Cases", "#help", "#staff-review", "#ticket-transcripts", "#learned-tips"
    ]  # fmt: skip


BODY = {
    "content": "",
    "embeds": [{"title": "Help", "type": "rich"}],
    "components": [{"type": 1, "components": [{"type": 2, "custom_id": "x", "disabled": False}]}],
    "allowed_mentions": {"parse": []},
}


@pytest.mark.parametrize(
    ("found", "action"),
    [
        (None, Action.CREATE),
        (
            {
                "id": "1",
                "content": "",
                "embeds": [{"title": "Help", "type": "rich", "content_scan_version": 1}],
                "components": [
                    {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "custom_id": "x"}]}
                ],
            },
            Action.KEEP,
        ),
        ({**BODY, "embeds": [{"title": "Hilfe", "type": "rich"}]}, Action.CHANGE),
        ({**BODY, "components": []}, Action.CHANGE),
        ({**BODY, "content": "old"}, Action.CHANGE),
    ],
    ids=["none", "same", "title", "buttons", "content"],
)
def test_the_panel_is_compared_by_what_it_shows(
    found: dict[str, object] | None, action: Action
) -> None:
    """O1: edited in place when types change; what Discord adds does not count."""
    assert panel_action(found, BODY) is action
    assert panel_action(found, None) is (Action.KEEP if found else Action.CREATE)
