"""The circuit breaker as a table of what happens and what is allowed then."""

from __future__ import annotations

from ogma.answering.breaker import Breaker


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker(trips_after=2, rests_s=10)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)
    assert not breaker.open and breaker.available(1)
    breaker.failed(2)
    assert breaker.open and not breaker.available(11.9)


def test_after_the_rest_one_request_tries_it() -> None:
    breaker = Breaker(trips_after=1, rests_s=10)
    breaker.failed(0)
    assert breaker.available(10)
    breaker.begin()
    assert not breaker.available(10)
    breaker.failed(10)
    assert not breaker.available(19) and breaker.available(20)
    breaker.begin()
    breaker.succeeded()
    assert not breaker.open and breaker.available(20)


def test_a_trial_that_was_given_up_lets_another_try() -> None:
    breaker = Breaker(trips_after=1, rests_s=10)
    breaker.failed(0)
    breaker.begin()
    breaker.abandoned()
    assert breaker.open and breaker.available(10)
