"""A ticket moves only as its table says."""

from __future__ import annotations

import itertools

import pytest

from ogma.domain.tickets import HOLDS_SLOT, TRANSITIONS, Move, State, Ticket, after, diagram
from ogma.errors import IllegalMove


@pytest.mark.parametrize(("state", "move"), list(itertools.product(State, Move)))
def test_every_pair_moves_as_the_table_says_or_raises(state: State, move: Move) -> None:
    if (state, move) in TRANSITIONS:
        assert after(state, move) is TRANSITIONS[state, move]
    else:
        with pytest.raises(IllegalMove, match=str(state)):
            after(state, move)


def test_slots_are_held_until_closed_and_ends_have_no_way_out() -> None:
    """O7: the slot for the limit is held until `closed`."""
    ends = set(State) - {start for start, _ in TRANSITIONS}
    assert ends == {State.CLOSED, State.FAILED}
    assert set(State) - ends == HOLDS_SLOT


def test_the_diagram_draws_every_transition_and_both_ends() -> None:
    drawn = diagram().splitlines()
    assert drawn[0] == "stateDiagram-v2"
    assert "    open --> closing: close" in drawn
    assert sum("-->" in line for line in drawn) == len(TRANSITIONS) + 3


@pytest.mark.parametrize(
    ("customer", "staff", "waits_for"),
    [
        (None, None, "staff"),
        (None, 5, "customer"),
        (5, None, "staff"),
        (5, 6, "customer"),
        (7, 6, "staff"),
    ],
)
def test_whose_turn_it_is_follows_from_who_wrote_last(
    customer: int | None, staff: int | None, waits_for: str
) -> None:
    ticket = Ticket(
        id=1,
        key="k",
        guild_id=1,
        type_id="general",
        customer_id=2,
        customer_name="alice",
        state=State.OPEN,
        opened_at=0,
        last_activity_at=0,
        last_customer_at=customer,
        last_staff_at=staff,
    )
    assert ticket.waiting_on == waits_for
