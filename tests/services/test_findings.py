"""Flags, and the search over all that was said (E3, T3)."""

from __future__ import annotations

import pytest

from ogma.domain.access import OWNER, Actor, Denial
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.flags import FlagKind, doubtful
from ogma.domain.permissions import ADMINISTRATOR
from ogma.domain.queue import Sight
from ogma.domain.search import END, START, match_expression
from ogma.domain.tickets import State, Ticket
from ogma.errors import NotFound, UsageError
from ogma.services import closing, conversation, flags, lockdown, search, transfer
from ogma.services.desk import Desk
from ogma.services.listing import Filter
from ogma.store import flags as stored
from ogma.store import messages
from ogma.store.search import query as search_query

from .conftest import ALICE, CLOSER, CUSTOMER, SETTINGS, STAFF, SUPPORT, Office

MANAGER = Actor(4, "mia", frozenset({20}))
OUTSIDER = Actor(77, "eve")


def flagged(office: Office, number: int, kind: FlagKind = FlagKind.NOT_SOLVED) -> int:
    with office.desk.db.write():
        stored.add(office.desk.db, number, office.clock.at, kind, "because")
    return flags.listed(office.desk, Filter(limit=1))[0].id


def test_e3_flags_are_listed_and_resolved_once(office: Office) -> None:
    """E3: newest first; whoever may see the ticket may resolve."""
    office.open()
    first, second = flagged(office, 1), flagged(office, 1, FlagKind.SLA_BREACH)
    page = flags.page(office.desk, STAFF)
    assert isinstance(page, flags.Page)
    assert [one.id for one in page.flags] == [second, first] and not page.more
    assert flags.resolve(office.desk, STAFF, first) is True
    assert flags.resolve(office.desk, MANAGER, first) is False
    left = flags.listed(office.desk, Filter())
    assert [one.kind for one in left] == ["sla_breach"]
    everything = flags.listed(office.desk, Filter(), open_only=False, kinds=["not_solved"])
    assert [one.resolved_by for one in everything] == ["sam"]
    assert flags.document(everything[0])["ticket"] == 1
    with pytest.raises(NotFound, match="no flag 99"):
        flags.resolve(office.desk, OWNER, 99)


def test_e3_q4_flags_are_for_those_who_may_see_the_ticket(office: Office) -> None:
    """E3, Q4: nothing of a locked ticket for staff, of their own ones for customers."""
    office.open()
    flag = flagged(office, 1)
    assert flags.page(office.desk, OUTSIDER) is Denial.NOT_TEAM
    assert flags.resolve(office.desk, Actor(ALICE, "alice", frozenset({SUPPORT})), flag) is (
        Denial.NOT_STAFF
    )
    lockdown.lock(office.desk, CLOSER, 1)
    page = flags.page(office.desk, STAFF)
    assert isinstance(page, flags.Page) and page.flags == []
    assert flags.resolve(office.desk, STAFF, flag) is Denial.LOCKED
    assert flags.listed(office.desk, Filter(restricted=False)) == []
    assert flags.resolve(office.desk, MANAGER, flag) is True


def test_e3_flags_come_in_pages(office: Office) -> None:
    for _ in range(6):
        office.open(type_id="general")
        closing.close(
            office.desk,
            CLOSER,
            len(office.desk.db.execute("SELECT 1 FROM ticket")),
            closing.Closure(CloseReason.RESOLVED, CloseCause.COMMAND),
        )
        office.deliver()
        flagged(office, len(office.desk.db.execute("SELECT 1 FROM ticket")))
    first, beyond = flags.page(office.desk, MANAGER), flags.page(office.desk, MANAGER, 9)
    assert isinstance(first, flags.Page) and isinstance(beyond, flags.Page)
    assert (len(first.flags), first.more) == (5, True)
    assert (beyond.number, [one.ticket_id for one in beyond.flags]) == (2, [1])


@pytest.mark.parametrize(
    ("confidence", "threshold", "is_doubtful"),
    [(0.46, 0.45, True), (0.504, 0.45, True), (0.51, 0.45, False), (1.0, 1.0, False)],
)
def test_e3_an_answer_that_only_just_passed_is_doubtful(
    confidence: float, threshold: float, is_doubtful: bool
) -> None:
    """E3: low confidence."""
    assert doubtful(confidence, threshold) is is_doubtful


def texts(found: list[search.Found]) -> list[str]:
    return [one.excerpt.replace(START, "").replace(END, "") for one in found]


def test_t3_everything_said_is_found_newest_first(office: Office) -> None:
    """T3: intake, customer and staff; what was reworded is found as it now stands."""
    office.open(subject="The dragon burns")
    office.clock.at += 1000
    asked = office.say(CUSTOMER, "It burnt my dragons again")
    office.clock.at += 1000
    office.say(STAFF, "A dragon? Never heard of it.")
    found = search.find(office.desk, "Dragon", Filter())
    assert texts(found) == [
        "A dragon? Never heard of it.",
        "It burnt my dragons again",
        "The dragon burns",
    ]
    assert f"{START}dragon{END}" in found[0].excerpt
    conversation.record_edit(office.desk, asked, {"content": "A cat, sorry"}, office.clock.at)
    assert len(search.find(office.desk, "dragon", Filter())) == 2
    assert texts(search.find(office.desk, "cat sorry", Filter())) == ["A cat, sorry"]
    conversation.record_deletion(office.desk, asked, office.clock.at)
    assert search.document(search.find(office.desk, "cat", Filter())[0])["deleted"] is True


def test_t3_words_phrases_and_beginnings(office: Office) -> None:
    """T3: all words in any order, a phrase as it is, a beginning with *; nothing else means."""
    office.open(subject=None)
    office.say(CUSTOMER, "the red apple fell on the green roof")
    for query, count in (
        ("roof red", 1),
        ('"red apple"', 1),
        ('"apple red"', 0),
        ("appl*", 1),
        ("red OR nothing", 0),
        ("NOT red", 0),
        ('red" apple', 1),
        ("content:red", 0),
    ):
        assert len(search.find(office.desk, query, Filter())) == count, query
    for nothing in ("", "  ", "?!", '""', "*"):
        with pytest.raises(UsageError, match="no word"):
            match_expression(nothing)
    with pytest.raises(UsageError, match="at least 3 letters before the \\* of 'ap\\*'"):
        match_expression("red ap*")
    assert match_expression("返*") == '"返*"*'


def test_t3_ranked_means_best_first(office: Office) -> None:
    """T3: the message that is most about it comes first."""
    office.open(subject=None)
    office.say(CUSTOMER, "refund refund refund")
    office.clock.at += 1000
    office.say(CUSTOMER, "a long story in which among many other things a refund is named once")
    newest, best = (
        texts(search.find(office.desk, "refund", Filter(), ranked=ranked))[0]
        for ranked in (False, True)
    )
    assert newest.startswith("a long story") and best == "refund refund refund"


def test_t3_archived_tickets_are_searched_too(office: Office) -> None:
    """T3: a closed ticket's words stay findable, also after its channel is gone."""
    office.open(subject="About the basilisk")
    closing.close(office.desk, CLOSER, 1, closing.Closure(CloseReason.RESOLVED, CloseCause.COMMAND))
    office.deliver()
    assert office.ticket().state is State.CLOSED
    [found] = search.find(office.desk, "basilisk", Filter())
    assert (found.ticket_id, found.state) == (1, "closed")


def test_t3_q4_search_shows_what_the_gate_shows(office: Office) -> None:
    """T3, Q4: not to outsiders, not of one's own ticket, nothing locked but to management."""
    office.open(subject="About the basilisk")
    alice = Actor(ALICE, "alice", frozenset({SUPPORT}))
    assert search.page(office.desk, OUTSIDER, "basilisk") is Denial.NOT_TEAM

    def seen(actor: Actor) -> int:
        page = search.page(office.desk, actor, "basilisk")
        assert isinstance(page, search.Page)
        return len(page.found)

    assert [seen(one) for one in (STAFF, alice, MANAGER)] == [1, 0, 1]
    lockdown.lock(office.desk, CLOSER, 1)
    administrator = Actor(8, "omar", frozenset(), ADMINISTRATOR)
    assert [seen(one) for one in (STAFF, MANAGER, administrator)] == [0, 1, 1]
    assert search.find(office.desk, "basilisk", Filter(restricted=False)) == []


def test_t3_a_types_own_staff_search_their_types(office: Office) -> None:
    expert = Actor(6, "eva", frozenset({11}))
    own = SETTINGS.types[1].model_copy(update={"staff_roles": (11,)})
    chosen = SETTINGS.model_copy(update={"types": (SETTINGS.types[0], own)})
    desk = Desk(office.desk.db, lambda: chosen, office.desk.data, office.clock)
    office.open(subject="basilisk one")
    office.open(subject="basilisk two", type_id="quiet")
    page = search.page(desk, expert, "basilisk")
    assert isinstance(page, search.Page)
    assert [one.ticket_id for one in page.found] == [2]


def test_t3_a_search_within_a_type_finds_what_the_search_in_all_finds(office: Office) -> None:
    """T3: the same, in the same order, page by page; also of a type that has no ticket."""
    office.open(subject="basilisk", type_id="general")
    office.open(subject="basilisk", type_id="quiet")
    for number in range(8):
        office.clock.at += 1000
        office.say(CUSTOMER, f"{number} basilisk", channel=1001 + number % 2)
        office.say(CUSTOMER, f"{number} manticore", channel=1001 + number % 2)
    every = search.find(office.desk, "basilisk", Filter())
    assert [one.id for one in every] == sorted((one.id for one in every), reverse=True)
    for kind in ("general", "quiet", "gone"):
        for limit, skip in ((50, 0), (2, 0), (2, 1)):
            wanted = Filter(type_id=kind, limit=limit, skip=skip)
            expected = [one for one in every if one.type_id == kind][skip : skip + limit]
            assert search.find(office.desk, "basilisk", wanted) == expected
        ranked = search.find(office.desk, "basilisk", Filter(type_id=kind), ranked=True)
        assert {one.id for one in ranked} == {one.id for one in every if one.type_id == kind}


def test_t3_q3_what_was_said_moves_with_its_ticket(office: Office) -> None:
    """T3, Q3: after a transfer it is found in the new type alone, also what is reworded later."""
    office.open(subject="basilisk", type_id="general")
    office.say(CUSTOMER, "a basilisk, I tell you")

    def within(kind: str, word: str = "basilisk") -> int:
        return len(search.find(office.desk, word, Filter(type_id=kind)))

    assert (within("general"), within("quiet")) == (2, 0)
    assert isinstance(transfer.transfer(office.desk, STAFF, 1, "quiet"), Ticket)
    said = office.say(CUSTOMER, "the basilisk again")
    assert (within("general"), within("quiet")) == (0, 3)
    conversation.record_edit(office.desk, said, {"content": "a manticore"}, office.clock.at)
    assert (within("quiet"), within("quiet", "manticore")) == (2, 1)
    check = "INSERT INTO message_fts (message_fts, rank) VALUES ('integrity-check', 1)"
    office.desk.db.execute(check)


def test_t3_a_word_is_not_a_type(office: Office) -> None:
    """T3: types stand in the index beside the words, but are not found by them, nor ranked."""
    office.open(subject="a basilisk", type_id="general")
    assert search.find(office.desk, "general", Filter()) == []
    assert search.find(office.desk, "basilisk general", Filter(type_id="general")) == []
    [one] = search.find(office.desk, "basilisk", Filter(type_id="general"), ranked=True)
    assert one.excerpt == f"a {START}basilisk{END}"


def test_t3_what_is_erased_is_gone_from_the_index(office: Office) -> None:
    """T3, D2: no word of a message that is deleted or emptied stays in the index."""
    office.open(subject=None)
    first = office.say(CUSTOMER, "the secret manticore")
    office.say(CUSTOMER, "another manticore")
    db = office.desk.db
    with db.write():
        db.execute("DELETE FROM message WHERE id = ?", (first,))
        db.execute("UPDATE message SET content = '' WHERE content LIKE 'another%'")
    assert search.find(office.desk, "manticore", Filter()) == []
    blocks = b"".join(bytes(row[0]) for row in db.execute("SELECT block FROM message_fts_data"))
    assert b"manticor" not in blocks and b"anticor" not in blocks
    db.execute("INSERT INTO message_fts (message_fts, rank) VALUES ('integrity-check', 1)")
    assert messages.of_ticket(db, 1)


def plan(office: Office, wanted: Filter, *, ranked: bool) -> str:
    sql, values = search_query("word", wanted, ranked=ranked)
    return "; ".join(
        str(row[3]) for row in office.desk.db.execute(f"EXPLAIN QUERY PLAN {sql}", values)
    )


def test_t3_newest_first_sorts_nothing(office: Office) -> None:
    """T3: the index is walked from its end and left early, so cost does not grow with the archive;
    only --rank has to see everything that was found."""
    wanted = Filter(sight=Sight(frozenset({"general"}), False, ALICE), type_id="general", since=1)
    assert "TEMP B-TREE" not in plan(office, wanted, ranked=False)
    assert plan(office, wanted, ranked=False).startswith("SCAN message_fts VIRTUAL TABLE")
    assert "TEMP B-TREE" in plan(office, wanted, ranked=True)


def test_t3_search_comes_in_pages(office: Office) -> None:
    office.open(subject=None)
    for _ in range(search.PAGE + 1):
        office.say(CUSTOMER, "one more wyvern")
    first, second = (search.page(office.desk, STAFF, "wyvern", page) for page in (1, 2))
    assert isinstance(first, search.Page) and isinstance(second, search.Page)
    assert (len(first.found), first.more) == (search.PAGE, True)
    assert (len(second.found), second.more) == (1, False)
