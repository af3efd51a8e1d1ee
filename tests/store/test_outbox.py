"""The outbox: order per lane, requirements, one claim each, recovery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ogma.domain.effects import Effect, Kind
from ogma.store import outbox
from ogma.store.database import Database
from ogma.store.opening import open_database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def effect(key: str, lane: str = "a", requires: str | None = None) -> Effect:
    return Effect(Kind.SAY, key, lane, requires=requires)


def keys(jobs: list[outbox.Job]) -> list[str]:
    return [job.key for job in jobs]


def test_one_lane_runs_in_order_lanes_run_beside_each_other(db: Database) -> None:
    outbox.put(db, [effect("a1"), effect("a2"), effect("b1", "b")], 0)
    first = outbox.claim(db, 0, 100, 10)
    assert keys(first) == ["a1", "b1"]
    assert outbox.claim(db, 0, 100, 10) == []
    outbox.done(db, first[0].id, {}, 1)
    assert keys(outbox.claim(db, 1, 100, 10)) == ["a2"]


def test_a_key_happens_once(db: Database) -> None:
    outbox.put(db, [effect("a1"), effect("a1")], 0)
    outbox.put(db, [effect("a1")], 5)
    assert outbox.states(db) == {"todo": 1}


def test_a_retry_waits_its_time_and_holds_its_lane(db: Database) -> None:
    outbox.put(db, [effect("a1"), effect("a2")], 0)
    job = outbox.claim(db, 0, 100, 10)[0]
    outbox.retry(db, job.id, "502", run_at=50)
    assert outbox.claim(db, 49, 100, 10) == []
    again = outbox.claim(db, 50, 100, 10)
    assert keys(again) == ["a1"] and again[0].attempts == 2


def test_what_is_required_must_be_done_and_a_failure_blocks(db: Database) -> None:
    """C2: a failed archive blocks the delete, also after a retry by hand brings both back."""
    outbox.put(db, [effect("archive"), effect("delete", "b", requires="archive")], 0)
    archive = outbox.claim(db, 0, 100, 10)
    assert keys(archive) == ["archive"]
    outbox.fail(db, archive[0].id, "disk full", 1)
    assert outbox.states(db) == {"failed": 1, "blocked": 1}
    assert outbox.claim(db, 99, 100, 10) == []
    assert outbox.again(db, archive[0].id, 100)
    again = outbox.claim(db, 100, 100, 10)
    outbox.done(db, again[0].id, {}, 101)
    assert keys(outbox.claim(db, 101, 100, 10)) == ["delete"]


def test_p1_what_a_dead_process_held_is_done_again_with_a_look_first(db: Database) -> None:
    """P1, P2: attempts count the lost one too, so that the handler looks before it acts."""
    outbox.put(db, [effect("a1")], 0)
    outbox.claim(db, 0, 100, 10)
    assert outbox.recover(db, 5) == 1
    assert outbox.claim(db, 5, 100, 10)[0].attempts == 2


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    plan=st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=12),
    data=st.data(),
)
def test_whatever_happens_every_lane_keeps_its_order(
    db: Database, plan: list[tuple[str, bool]], data: st.DataObject
) -> None:
    """Retries, deaths and other lanes never reorder or double the effects of a lane."""
    db.execute("DELETE FROM job")
    put = [effect(f"{lane}{number}", lane) for number, (lane, _) in enumerate(plan)]
    outbox.put(db, put, 0)
    finished: list[str] = []
    for now in range(1, 201):
        for job in outbox.claim(db, now, 100, data.draw(st.integers(1, 4))):
            fate = data.draw(st.sampled_from(["done", "done", "retry", "die"]))
            if fate == "done":
                outbox.done(db, job.id, {}, now)
                finished.append(job.key)
            elif fate == "retry":
                outbox.retry(db, job.id, "x", now + 1)
        outbox.recover(db, now)
        if len(finished) == len(put):
            break
    for lane in "abc":
        planned = [one.key for one in put if one.lane == lane]
        assert [key for key in finished if key.startswith(lane)] == planned
