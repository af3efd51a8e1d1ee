"""A5: an answer does not turn its evidence round."""

from __future__ import annotations

import pytest

from ogma.answering.polarity import turned_round

FINE = [
    ("Refunds take 14 days.", ["Refunds take 14 days."]),
    ("Vouchers cannot be refunded.", ["Vouchers are not refundable."]),
    ("Only members can vote.", ["Voting is only open to members."]),
    ("You don't have to pay.", ["You do not need to pay; you must not do anything."]),
    ("Don't worry, refunds take 14 days.", ["Refunds take 14 days."]),
    (
        "Refunds take 14 days and vouchers are not refundable.",
        ["Refunds take 14 days.", "Vouchers are not refundable."],
    ),
    ("It takes up to 14 days.", ["Paid within 14 days."]),
    ("Gift cards are not refundable.", ["Gift cards and domain names are not refundable."]),
    ("No, vouchers are not refundable.", ["Vouchers are not refundable."]),
    ("Yes, refunds take 14 days.", ["Refunds take 14 days."]),
    (
        "Parcels by express are possible only within Germany.",
        ["Parcels by express cost 12 EUR and are possible within Germany only."],
    ),
]
TURNED = [
    ("Vouchers are refundable.", ["Vouchers are not refundable."]),
    ("Vouchers are never refundable.", ["Vouchers are refundable."]),
    ("Members can vote.", ["Only members can vote."]),
    ("Everyone can vote.", ["Members can vote."]),
    ("You must verify your account.", ["You can verify your account."]),
    ("It is always free.", ["It is free on Sundays."]),
    ("You need at least 3 seats.", ["You can have up to 3 seats."]),
    ("Gutscheine werden erstattet.", ["Gutscheine werden nicht erstattet."]),
    ("You can export it.", ["You can't export it."]),
    ("Gift cards are refundable.", ["Gift cards and domain names are not refundable."]),
    ("No, vouchers are refundable.", ["Vouchers are not refundable."]),
    ("Refunds are not paid.", ["Refunds are paid and vouchers are not refundable."]),
    ("Enable it before the update.", ["Enable it after the update."]),
    ("You can enable the filter.", ["You can disable the filter."]),
    ("Pets are allowed.", ["Pets are allowed except cats."]),
    ("Refunds are never paid.", ["Refunds are paid in May.", "Vouchers are not refundable."]),
    (
        "Refunds take 14 days and vouchers are refundable.",
        ["Refunds take 14 days.", "Vouchers are not refundable."],
    ),
    (
        "Refunds are never paid by card and vouchers are refundable.",
        ["Refunds are paid by card.", "Vouchers are not refundable."],
    ),
]


@pytest.mark.parametrize(("sentence", "evidence"), FINE)
def test_what_says_the_same_passes(sentence: str, evidence: list[str]) -> None:
    assert turned_round(sentence, evidence) is None


@pytest.mark.parametrize(("sentence", "evidence"), TURNED)
def test_what_is_turned_round_is_caught(sentence: str, evidence: list[str]) -> None:
    assert turned_round(sentence, evidence) is not None
