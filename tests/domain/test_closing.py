"""The plan of a close (C2): what it contains, in which order, and what waits for what."""

from __future__ import annotations

from dataclasses import replace

from ogma.domain.closing import Afterwards, plan_close
from ogma.domain.effects import Kind
from tests.domain.test_replies import TICKET

WANTED = Afterwards(csat=True, tip=True)


def test_c2_effects_start_in_the_promised_order() -> None:
    kinds = [effect.kind for effect in plan_close(TICKET, WANTED)]
    assert kinds == [
        Kind.LOCK_CHANNEL,
        Kind.ARCHIVE,
        Kind.POST_TRANSCRIPT,
        Kind.CSAT_DM,
        Kind.LEARN_TIP,
        Kind.DELETE_CHANNEL,
    ]


def test_c2_the_deletion_waits_for_the_archive_and_nothing_else() -> None:
    plan = {effect.kind: effect for effect in plan_close(TICKET, WANTED)}
    delete, archive = plan[Kind.DELETE_CHANNEL], plan[Kind.ARCHIVE]
    assert delete.requires == archive.key
    shares_lane = {kind for kind, effect in plan.items() if effect.lane == delete.lane}
    assert shares_lane == {Kind.LOCK_CHANNEL, Kind.ARCHIVE, Kind.DELETE_CHANNEL}


def test_a_locked_ticket_posts_no_transcript_and_a_lost_channel_is_not_locked() -> None:
    """C2, Q4: no transcript and no tip in lockdown; C6: closed from what is stored."""
    locked = plan_close(replace(TICKET, locked_at=1), WANTED)
    assert not {Kind.POST_TRANSCRIPT, Kind.LEARN_TIP} & {effect.kind for effect in locked}
    lost = plan_close(TICKET, WANTED, lock=False)
    assert lost[0].kind is Kind.ARCHIVE


def test_keys_are_unique_so_that_a_second_close_plans_nothing_new() -> None:
    plan = plan_close(TICKET, WANTED)
    assert len({effect.key for effect in plan}) == len(plan)
    assert [effect.key for effect in plan_close(TICKET, WANTED)] == [e.key for e in plan]
