"""A5: words that all stand in the passages may still be put together to something false."""

from __future__ import annotations

import pytest

from ogma.answering.binding import unbound
from ogma.answering.evidence import Evidence, gather
from ogma.domain.passages import Passage

PLANS = Passage(
    1,
    "plans.md",
    "Plans",
    "",
    None,
    "The Starter plan costs 5 EUR a month and has 10 GB of disk space. The Pro plan costs 12 EUR a"
    " month. It has 50 GB of disk space, and its backups are kept for 30 days. Ann Moor answers"
    " questions about invoices. Ben Lund answers questions about servers at the weekend.\n\n"
    "The customer tells the moderator the name of the server. Copy the folder from the old server"
    " to the new one before you restart it. Uploads are faster than downloads at night.\n\n"
    "| Plan | Seats |\n|---|---|\n| Starter | 3 |\n| Pro | 20 |",
)


def _evidence(*quotes: str, passage: Passage = PLANS) -> Evidence:
    evidence = gather(quotes, [passage])
    assert isinstance(evidence, Evidence)
    return evidence


STARTER = "The Starter plan costs 5 EUR a month"
PRO = "The Pro plan costs 12 EUR a month."
SPACE = "It has 50 GB of disk space"
ANN = "Ann Moor answers questions about invoices."
BEN = "Ben Lund answers questions about servers at the weekend."
TELLS = "The customer tells the moderator the name of the server."
COPY = "Copy the folder from the old server to the new one before you restart it."
FASTER = "Uploads are faster than downloads at night."


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("The Starter plan costs 12 EUR a month.", (STARTER, PRO)),
        ("The Pro plan costs 5 EUR a month.", (STARTER, PRO)),
        ("The Pro plan has 10 GB of disk space.", (STARTER,)),
        ("The Starter plan has 50 GB of disk space.", (STARTER, SPACE)),
        ("The Starter plan costs 5 EUR a month and has 50 GB of disk space.", (STARTER, SPACE)),
        ("Ann Moor answers questions about servers at the weekend.", (ANN, BEN)),
        ("Ann Moor answers questions about servers at the weekend.", (BEN,)),
        ("The Starter plan has 20 seats.", ("| Starter | 3 |", "| Pro | 20 |")),
        ("Copy the folder answers questions about invoices.", (COPY, ANN)),
    ],
)
def test_a5_what_belongs_to_something_else(sentence: str, quotes: tuple[str, ...]) -> None:
    """Names and figures stay with the sentence that they come from, however many are quoted."""
    assert unbound(sentence, _evidence(*quotes)) is not None


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("The moderator tells the customer the name of the server.", TELLS),
        ("Copy the folder from the new server to the old one before you restart it.", COPY),
        ("Downloads are faster than uploads at night.", FASTER),
        ("The customer tells the server the name of the moderator.", TELLS),
    ],
)
def test_a5_who_does_what_to_whom(sentence: str, quote: str) -> None:
    """Two words that have changed places say something else with the same words."""
    assert "exchanged" in (unbound(sentence, _evidence(quote)) or "")


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        (PRO, (PRO,)),
        ("With the Pro plan you pay 12 EUR each month.", (PRO,)),
        ("The Pro plan has 50 GB of disk space.", (SPACE,)),
        ("On the Pro plan, backups are kept for 30 days.", (SPACE,)),
        ("The Pro plan costs 12 EUR a month and has 50 GB of disk space.", (PRO, SPACE)),
        ("Starter costs 5 EUR, while Pro costs 12 EUR a month.", (STARTER, PRO)),
        ("The Pro plan has 20 seats.", ("| Pro | 20 |",)),
        ("Ann Moor is the one for invoices, and Ben Lund for servers.", (ANN, BEN)),
        ("The moderator is told the name of the server by the customer.", (TELLS,)),
        ("Before you restart the new server, copy the folder to it from the old one.", (COPY,)),
        ("At night uploads are faster than downloads.", (FASTER,)),
    ],
)
def test_a5_other_words_and_another_order_for_the_same(
    sentence: str, quotes: tuple[str, ...]
) -> None:
    """What is meant by "it" is the name before; clauses may be moved, and facts be joined."""
    assert unbound(sentence, _evidence(*quotes)) is None


def test_a5_the_title_says_what_a_page_is_about() -> None:
    """A sentence without a name of its own may be said of the title; one with another may not."""
    text = "Backups are kept for 7 days. Weeks of the Pro plan are kept longer."
    page = Passage(2, "starter.md", "Starter plan", "", None, text)
    kept = _evidence("Backups are kept for 7 days.", passage=page)
    assert unbound("On the Starter plan backups are kept for 7 days.", kept) is None
    longer = _evidence("Weeks of the Pro plan are kept longer.", passage=page)
    assert unbound("Weeks of the Starter plan are kept longer.", longer) is not None
