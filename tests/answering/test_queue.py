"""The line before the model: bounded, fair between tickets, positions told, nothing lost."""

from __future__ import annotations

import asyncio
import random

import pytest

from ogma.answering.errors import Busy
from ogma.answering.queue import FairQueue


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_tickets_take_turns_and_each_keeps_its_order() -> None:
    queue, order = FairQueue(1), []
    gate = asyncio.Event()

    async def question(ticket: str, name: str) -> None:
        async with queue.turn(ticket):
            await gate.wait()
            order.append(name)

    tasks = []
    for ticket, name in [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1")]:
        tasks.append(asyncio.create_task(question(ticket, name)))
        await _settle()
    gate.set()
    await asyncio.gather(*tasks)
    assert order == ["a1", "a2", "b1", "c1", "a3"]


async def test_positions_are_told_and_move_up() -> None:
    queue, gates = FairQueue(1), [asyncio.Event() for _ in range(3)]
    places: dict[int, list[int]] = {0: [], 1: [], 2: []}

    async def question(number: int) -> None:
        async with queue.turn(number, places[number].append):
            await gates[number].wait()

    tasks = []
    for number in range(3):
        tasks.append(asyncio.create_task(question(number)))
        await _settle()
    assert places == {0: [], 1: [1], 2: [2]}
    gates[0].set()
    await _settle()
    assert places[2] == [2, 1]
    assert places[1] == [1, 0], "its turn has come"
    for gate in gates:
        gate.set()
    await asyncio.gather(*tasks)


async def test_a_full_line_refuses() -> None:
    queue = FairQueue(1, longest=1)
    async with queue.turn(1):
        waiting = asyncio.create_task(queue.turn(2).__aenter__())
        await _settle()
        with pytest.raises(Busy):
            async with queue.turn(3):
                pass
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert queue.waiting == 0


async def test_a_turn_is_not_given_to_who_has_just_left() -> None:
    queue = FairQueue(1)
    turn = queue.turn(1)
    await turn.__aenter__()
    waiting = asyncio.create_task(queue.turn(2).__aenter__())
    await _settle()
    waiting.cancel()
    await turn.__aexit__(None, None, None)
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), queue.turn(3):
        assert queue.waiting == 0


@pytest.mark.parametrize("seed", range(20))
async def test_under_any_cancelling_no_turn_is_lost_or_doubled(seed: int) -> None:
    dice, queue, running, most = random.Random(seed), FairQueue(2, longest=100), 0, 0

    async def question(ticket: int) -> None:
        nonlocal running, most
        async with queue.turn(ticket):
            running += 1
            most = max(most, running)
            for _ in range(dice.randint(0, 3)):
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    running -= 1
                    raise
            running -= 1

    tasks = [asyncio.create_task(question(dice.randint(1, 5))) for _ in range(60)]
    for _ in range(40):
        await asyncio.sleep(0)
        dice.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (most, running, queue.waiting) == (2, 0, 0)
    async with asyncio.timeout(1), queue.turn(1), queue.turn(2):
        pass
