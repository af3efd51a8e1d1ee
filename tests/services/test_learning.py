"""From a closed ticket to a tip, step by step (L1, C2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ogma.domain.access import OWNER, Actor, Denial
from ogma.domain.closing import CloseCause, CloseReason
from ogma.domain.effects import Kind
from ogma.domain.permissions import MANAGE_GUILD
from ogma.domain.tips import Lesson, Tip, TipOrigin, TipState, Untaught
from ogma.errors import NotFound, UsageError
from ogma.services import closing, handmade, learning, lockdown, tips
from ogma.services.closing import Closure
from ogma.services.knowledge.knowledge import KnowledgeService
from ogma.services.learning import Material
from tests.knowledge.fakes import ReadingHere, WordEmbedder

from .conftest import CLOSER, CUSTOMER, SETTINGS, STAFF, Office

TOLD = "Hi Alice, hold the reset button for ten seconds until the light blinks green."
TAUGHT = "Hold the reset button for ten seconds until the light blinks green."
CLOSED = Closure(CloseReason.RESOLVED, CloseCause.COMMAND)


class School:
    """An office that learns: its knowledge base, and the way from a close to a tip."""

    def __init__(self, office: Office, embedder: WordEmbedder | None) -> None:
        self.office = office
        self.embedder = embedder
        self.knowledge = KnowledgeService(
            office.desk.db, office.desk.data, embedder, reading=ReadingHere
        )
        self.set()

    def set(self, channel: int | None = 33, **learning: Any) -> None:
        channels = SETTINGS.channels.model_copy(update={"learned_tips": channel})
        policy = SETTINGS.learning.model_copy(update=learning)
        chosen = SETTINGS.model_copy(update={"channels": channels, "learning": policy})
        self.office.desk = replace(self.office.desk, settings=lambda: chosen)

    def closed(self, told: str = TOLD, *, type_id: str = "general") -> int:
        """A ticket in which sam said this, archived and deleted."""
        ticket = self.office.open("My router is frozen, what now?", type_id)
        self.office.say(STAFF, told, 1000 + ticket.id)
        closing.close(self.office.desk, CLOSER, ticket.id, CLOSED)
        self.office.deliver()
        return ticket.id

    def learn(self, number: int) -> Tip | Untaught:
        """What the bot does for a LEARN_TIP without a model."""
        found = learning.material(self.office.desk, number)
        if not isinstance(found, Material):
            return found
        lesson = learning.by_rule(found)
        if lesson is None:
            return Untaught.NOTHING
        desk = self.office.desk
        return learning.learn(desk, self.knowledge, number, lesson)(desk)

    def teach(self, told: str = TOLD, **options: Any) -> Tip:
        tip = self.learn(self.closed(told, **options))
        assert isinstance(tip, Tip)
        return tip

    def found(self, query: str = "reset button", **options: Any) -> list[str]:
        hits = self.knowledge.search(query, **options).hits
        return [hit.passage.document for hit in hits]

    def tip(self, tip_id: int = 1) -> Tip:
        return tips.tip(self.office.desk, tip_id)

    def remove(self, tip_id: int = 1, actor: Actor = STAFF) -> Denial | Tip | None:
        return tips.remove(self.office.desk, self.knowledge, actor, tip_id)

    def approve(self, tip_id: int = 1, actor: Actor = STAFF) -> Denial | Tip | None:
        return tips.approving(self.office.desk, self.knowledge, tip_id)(self.office.desk, actor)


@pytest.fixture(params=["words", "meaning"])
def school(office: Office, request: pytest.FixtureRequest) -> School:
    return School(office, WordEmbedder() if request.param == "meaning" else None)


# -- what a ticket teaches -------------------------------------------------------------------------


def test_l1_a_closed_ticket_becomes_a_tip_of_the_teams_own_words(school: School) -> None:
    """L1: from what staff wrote, without names; live at once and found at once."""
    tip = school.teach()
    assert (tip.text, tip.state, tip.origin) == (TAUGHT, TipState.LIVE, TipOrigin.LEARNED)
    assert tip.title == TAUGHT.rstrip(".") and tip.tickets == (1,)
    assert school.found() == ["tip:1"]
    assert school.found("frozen router") == ["tip:1"], "what the customer asked helps to find it"


def test_l1_what_the_customer_wrote_is_no_part_of_the_tip(school: School) -> None:
    """SECURITY D2: a customer can write anything; it is searched, never quoted."""
    ticket = school.office.open("Is it true that refunds are doubled on Fridays?")
    school.office.say(CUSTOMER, "Everybody gets a double refund on Fridays.")
    school.office.say(STAFF, TOLD)
    closing.close(school.office.desk, CLOSER, ticket.id, CLOSED)
    school.office.deliver()
    tip = school.learn(ticket.id)
    assert isinstance(tip, Tip) and tip.text == TAUGHT
    [hit] = school.knowledge.search("double refund on Fridays").hits
    assert "refund" not in f"{hit.passage.title} {hit.passage.heading} {hit.passage.text}".lower()


def test_l1_of_the_customers_words_only_the_question_is_kept(school: School) -> None:
    """L1: what somebody tells of themselves is not what somebody else will ask."""
    ticket = school.office.open(
        "Why is my router frozen? My wife maria is angry. Mail a@b.example?"
    )
    school.office.say(STAFF, TOLD)
    closing.close(school.office.desk, CLOSER, ticket.id, CLOSED)
    school.office.deliver()
    tip = school.learn(ticket.id)
    assert isinstance(tip, Tip) and tip.question == "Why is my router frozen?"


def test_l1_private_things_do_not_reach_the_tip(school: School) -> None:
    """L1: "never contains names, mentions, addresses, secrets"; such sentences are left out."""
    tip = school.teach(
        f"{TOLD} Alice, your password is Tr0ub4dor&3 for now. Write to sam@shop.example with it."
        " <@123456789012345678> can call +49 170 1234567 then. The card 4111 1111 1111 1111 works."
    )
    assert tip.text == TAUGHT


@pytest.mark.parametrize("told", ["Which version is it?", "Thanks!", "I have refunded it.", "ok"])
def test_a_ticket_without_anything_for_others_teaches_nothing(school: School, told: str) -> None:
    assert school.learn(school.closed(told)) is Untaught.NOTHING
    assert tips.listed(school.office.desk) == []


def test_c2_no_tip_without_staff_in_lockdown_or_with_learning_off(school: School) -> None:
    """C2, Q4: the effect is not even planned in lockdown, nor when auto-learn is off."""
    desk = school.office.desk
    school.office.open()
    school.office.say(CUSTOMER, TOLD)
    closing.close(desk, CLOSER, 1, CLOSED)
    assert Kind.LEARN_TIP in school.office.deliver()
    assert school.learn(1) is Untaught.NO_STAFF

    school.office.open()
    school.office.say(STAFF, TOLD, 1002)
    lockdown.lock(desk, CLOSER, 2)
    closing.close(desk, CLOSER, 2, CLOSED)
    assert Kind.LEARN_TIP not in school.office.deliver()
    assert school.learn(2) is Untaught.LOCKED

    school.set(auto=False)
    assert Kind.LEARN_TIP not in _kinds_of_a_close(school)
    assert school.learn(3) is Untaught.OFF


def _kinds_of_a_close(school: School) -> list[Kind]:
    ticket = school.office.open()
    school.office.say(STAFF, TOLD, 1000 + ticket.id)
    closing.close(school.office.desk, CLOSER, ticket.id, CLOSED)
    return school.office.deliver()


def test_c2_a_tip_that_cannot_be_made_holds_the_deletion_back_for_nothing(school: School) -> None:
    """C2: the deletion waits for the archive and for nothing else, and nobody is alarmed."""
    school.office.open()
    school.office.say(STAFF, TOLD)
    closing.close(school.office.desk, CLOSER, 1, CLOSED)
    performed = school.office.deliver(fail=frozenset({Kind.LEARN_TIP}))
    assert Kind.DELETE_CHANNEL in performed and Kind.STAFF_NOTICE not in performed
    assert school.office.ticket().state == "closed"


def test_deleted_messages_and_earlier_versions_teach_nothing(school: School) -> None:
    from ogma.services import conversation

    ticket = school.office.open()
    gone = school.office.say(STAFF, "Pull the plug out of the wall first.")
    school.office.say(STAFF, TOLD)
    conversation.record_deletion(school.office.desk, gone, school.office.clock.at)
    closing.close(school.office.desk, CLOSER, ticket.id, CLOSED)
    school.office.deliver()
    tip = school.learn(ticket.id)
    assert isinstance(tip, Tip) and tip.text == TAUGHT


# -- once ------------------------------------------------------------------------------------------


def test_a_ticket_teaches_once_however_often_the_effect_is_done(school: School) -> None:
    """P1: a crash between the write and its receipt makes no second tip."""
    number = school.closed()
    assert school.learn(number) == school.learn(number)
    assert len(tips.listed(school.office.desk)) == 1


def test_two_attempts_at_the_same_time_keep_one(school: School) -> None:
    number = school.closed()
    found = learning.material(school.office.desk, number)
    assert isinstance(found, Material)
    lesson = learning.by_rule(found)
    assert lesson is not None
    desk = school.office.desk
    first, second = (learning.learn(desk, school.knowledge, number, lesson) for _ in range(2))
    assert first(desk).id == second(desk).id == 1


def test_l1_near_duplicates_merge_and_the_post_says_so(school: School) -> None:
    """L1: the second ticket strengthens the first one's tip."""
    school.teach()
    tip = school.teach(
        "Sure, press and hold the reset button ten seconds until its light blinks green."
    )
    assert (tip.id, tip.text, tip.tickets) == (1, TAUGHT, (1, 2))
    assert len(tips.listed(school.office.desk)) == 1
    assert school.office.deliver() == [Kind.SYNC_TIP]


def test_what_differs_in_a_figure_waits_for_a_person(school: School) -> None:
    """L1: a contradiction is never live by itself."""
    school.teach("Refunds are paid within 14 days to the card that was used.")
    tip = school.teach("Refunds are paid within 30 days to the card that was used.")
    assert (tip.id, tip.state, tip.like_tip) == (2, TipState.REVIEW, 1)
    assert school.found("refunds paid") == ["tip:1"]


def test_l1_a_removed_tip_is_not_learned_again(school: School) -> None:
    school.teach()
    assert isinstance(school.remove(), Tip)
    tip = school.teach()
    assert (tip.id, tip.state) == (1, TipState.REMOVED)
    assert school.found() == []


def test_k8_a_type_for_some_members_teaches_only_itself(school: School, office: Office) -> None:
    """K8: what was said in a type that only certain roles may open does not leave it."""
    shown = office.desk.settings()
    kinds = (shown.types[0], shown.types[1].model_copy(update={"open_roles": (77,)}))
    closed = shown.model_copy(update={"types": kinds})
    school.office.desk = replace(school.office.desk, settings=lambda: closed)
    ticket_id = _in_closed_type(school)
    tip = school.learn(ticket_id)
    assert isinstance(tip, Tip) and tip.types == {"quiet"}
    assert school.found(type_id="quiet") == ["tip:1"] and school.found(type_id="general") == []
    public = school.teach()
    assert (public.id, public.types) == (2, frozenset()), "known to some is not known to all"


def _in_closed_type(school: School) -> int:
    from ogma.domain.clock import snowflake_at
    from ogma.domain.opening import Intention
    from ogma.domain.tickets import Ticket
    from ogma.services import opening

    office = school.office
    wish = Intention(2, "alice", frozenset({77}), "quiet", subject="Frozen")
    ticket = opening.open_ticket(office.desk, wish, snowflake_at(office.clock.at) + 999)
    assert isinstance(ticket, Ticket)
    office.deliver()
    office.say(STAFF, TOLD, 1000 + ticket.id)
    closing.close(office.desk, CLOSER, ticket.id, CLOSED)
    office.deliver()
    return ticket.id


# -- review, and where staff see it ----------------------------------------------------------------


def test_l1_in_review_nothing_is_retrievable_before_it_is_approved(school: School) -> None:
    """SECURITY D2: an unapproved tip is never found."""
    school.set(mode="review")
    tip = school.teach()
    assert tip.state is TipState.REVIEW and school.found() == []
    assert school.office.deliver() == [Kind.SYNC_TIP], "it is shown, to be judged"
    approved = school.approve()
    assert isinstance(approved, Tip) and approved.state is TipState.LIVE
    assert school.found() == ["tip:1"] and school.approve() is None


def test_l1_without_a_channel_to_show_it_nothing_goes_live(school: School) -> None:
    school.set(channel=None)
    assert school.teach().state is TipState.REVIEW
    assert school.office.deliver() == []


def test_l1_removal_is_immediate_and_edits_the_post(school: School) -> None:
    school.teach()
    school.office.deliver()
    assert school.tip().message_id is not None and school.tip().channel_id == 33
    assert school.found() == ["tip:1"]
    removed = school.remove()
    assert isinstance(removed, Tip) and removed.changed_by == "sam"
    assert school.found() == []
    assert school.office.deliver() == [Kind.SYNC_TIP]
    assert school.remove() is None


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (STAFF, True),
        (CLOSER, True),
        (OWNER, True),
        (Actor(8, "boss", permissions=MANAGE_GUILD), True),
        (CUSTOMER, False),
        (Actor(9, "stan", frozenset({12345})), False),
    ],
)
def test_only_the_team_may_manage_tips(school: School, actor: Actor, may: bool) -> None:
    school.teach()
    assert (school.remove(actor=actor) is not Denial.NOT_TEAM) is may
    assert (school.found() == []) is may
    assert (school.approve(actor=actor) is not Denial.NOT_TEAM) is may
    assert school.found() == ["tip:1"]


def test_staff_of_any_type_are_of_the_team(school: School) -> None:
    shown = school.office.desk.settings()
    kinds = (shown.types[0], shown.types[1].model_copy(update={"staff_roles": (88,)}))
    chosen = shown.model_copy(update={"types": kinds})
    school.office.desk = replace(school.office.desk, settings=lambda: chosen)
    assert tips.refused(school.office.desk, Actor(8, "bill", frozenset({88}))) is None


# -- by hand ---------------------------------------------------------------------------------------


def add(school: School, text: str, **fields: str) -> handmade.Added:
    lesson = Lesson(fields.get("title", ""), text, fields.get("question", ""))
    return handmade.add(school.office.desk, school.knowledge, lesson, TipOrigin.MANUAL)


def test_l1_by_hand_it_is_masked_too_and_known_only_once(school: School) -> None:
    added = add(school, "Ask jane@shop.example for the key.")
    assert added.new and added.tip.text == "Ask [email] for the key."
    assert not add(school, "Ask jane@shop.example for the key.").new
    assert school.office.deliver() == [], "only what was learned is shown in #learned-tips"
    with pytest.raises(UsageError, match="needs a text"):
        add(school, " .. ")


def test_an_edit_replaces_what_is_searched(school: School) -> None:
    school.teach()
    school.office.deliver()
    lesson, _ = tips.clean(Lesson("", "Pull the plug for a minute.", ""))
    tips.edit(school.office.desk, school.knowledge, "sam", 1, lesson)
    [hit] = school.knowledge.search("plug").hits
    assert hit.passage.text == "Pull the plug for a minute."
    assert school.office.deliver() == [Kind.SYNC_TIP]


def test_an_edit_between_reading_and_approving_is_not_overrun(school: School) -> None:
    school.set(mode="review")
    school.teach()
    approve = tips.approving(school.office.desk, school.knowledge, 1)
    lesson, _ = tips.clean(Lesson("", "Pull the plug for a minute.", ""))
    tips.edit(school.office.desk, school.knowledge, "sam", 1, lesson)
    assert approve(school.office.desk, STAFF) is None
    assert school.found("plug") == [] and school.tip().state is TipState.REVIEW


def test_merging_keeps_the_tickets_and_changes_all_or_nothing(school: School) -> None:
    school.teach()
    school.teach("Invoices are sent on the first day of every month.")
    desk, knowledge = school.office.desk, school.knowledge
    with pytest.raises(NotFound):
        tips.merge(desk, knowledge, "sam", 1, [2, 9])
    assert "tip:2" in school.found("invoices sent")
    merged = tips.merge(desk, knowledge, "sam", 1, [2])
    assert merged.tickets == (1, 2)
    gone = school.tip(2)
    assert (gone.state, gone.merged_into, gone.tickets) == (TipState.REMOVED, 1, ())
    assert "tip:2" not in school.found("invoices sent")
