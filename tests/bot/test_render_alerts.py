"""Q7: what managers read, and whom a reminder notifies."""

from __future__ import annotations

from ogma.bot.render import alerts, life
from ogma.bot.render.limits import CONTENT
from ogma.services.automation.alerts import Alert
from ogma.services.automation.digest import Digest
from ogma.texts import load

TEXTS = load("en")


def test_q7_alerts_notify_the_managers_roles_alone() -> None:
    values = {"number": 4, "goal": "first_response", "due": 1_800_000_000_000}
    found = [Alert(1, 4, 0, "alert.sla_breached", values)]
    message = alerts.alerts(TEXTS, found, (77,))
    assert message.content == (
        "🚨 Ticket 4: the first reply was due <t:1800000000:R> and is late.\n<@&77>"
    )
    told = message.allowed_mentions().to_dict()
    assert told["roles"] == [77]
    assert not told.get("users")
    assert "everyone" not in told["parse"]


def test_q7_alerts_that_do_not_fit_leave_the_ping() -> None:
    values = {"number": 4, "task": "say", "problem": "x" * 300, "job": 1}
    found = [Alert(number, 4, 0, "staff.job_failed", values) for number in range(10)]
    message = alerts.alerts(TEXTS, found, (77,))
    assert len(message.content) <= CONTENT
    assert message.content.endswith("<@&77>")


def test_q7_a_reminder_notifies_the_one_whose_turn_it_is() -> None:
    """The claimer or the customer; the configured roles where nobody has claimed it."""
    to_one = life.nudge(TEXTS, (77,), "customer", 1_800_000_000_000, 5)
    assert to_one.content.startswith("<@5> ")
    assert (to_one.pings, to_one.members) == ((), (5,))
    to_roles = life.nudge(TEXTS, (77,), "staff", 1_800_000_000_000, None)
    assert to_roles.content.startswith("<@&77> ")
    assert (to_roles.pings, to_roles.members) == ((77,), ())


def test_q7_the_digest_names_tickets_and_flags() -> None:
    names = ("open", "unclaimed", "escalated", "awaiting_staff", "awaiting_customer")
    found = Digest(dict.fromkeys(names, 3), [(4, "sla_breach")], 2, [4])
    [embed] = alerts.digest(TEXTS, found, "2026-11-23 09:00").embeds
    assert embed.title == "Summary of 2026-11-23 09:00"
    fields = {field.name: field.value for field in embed.fields}
    assert fields["Late"] == "Ticket 4"
    assert fields["Open flags"] == (
        "Ticket 4: a service level was missed\nand 2 more: `ogma flags list`"
    )
