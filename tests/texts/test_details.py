"""What is stored in codes is said in words, in every language."""

from __future__ import annotations

import pytest

from ogma.texts import details, load

ENGLISH = details.labels(load("en"))
GERMAN = details.labels(load("de"))


@pytest.mark.parametrize(
    ("kind", "stored", "english", "german"),
    [
        ("claimed", "", "", ""),
        ("claimed", "by Sam", "by Sam", "durch Sam"),
        ("claimed", "by the rule vip", "by the rule vip", "durch die Regel vip"),
        ("claimed", "round_robin", "in turn", "reihum"),
        ("unclaimed", "away", "away for too long", "zu lange abwesend"),
        ("unclaimed", "left", "no longer on the team", "nicht mehr im Team"),
        ("secret_masked", "card, key", "a card number, a key or token", None),
        ("frustrated", "capitals, speed (2.1)", "capitals, many messages quickly (2.1)", None),
        ("flag_resolved", "sla_breach", "a service level was missed", None),
        ("prioritised", "urgent", "Urgent", "Dringend"),
        ("sla_breached", "resolution", "close", "der Abschluss"),
        ("rule_fired", "vip: add_tag, close", "vip: tagged, closed", None),
        ("rule_fired", "vip: nothing", "vip: nothing to do", "vip: nichts zu tun"),
        ("tagged", "speed", "speed", "speed"),
        ("note", "by the rule of thumb", "by the rule of thumb", "by the rule of thumb"),
    ],
)
def test_beside_an_event(kind: str, stored: str, english: str, german: str | None) -> None:
    """T2: staff's transcript; what people typed stays as it is."""
    assert details.of_event(ENGLISH, kind, stored) == english
    shown = details.of_event(GERMAN, kind, stored)
    assert shown == german if german is not None else shown != english


@pytest.mark.parametrize(
    ("cause", "stored", "german"),
    [
        ("frustration", "phrases (1.5)", "Worte des Ärgers (1.5)"),
        ("failed_check", "numbers_occur, language", "Zahlen, Sprache"),
        ("rate_limit", "ticket", "in diesem Ticket"),
        ("stale_question", "restored", "aus einer Sicherung"),
        ("stale_question", "", ""),
        ("rule", "Refunds, fast", "Refunds, fast"),
        ("ai_down", "Ollama does not answer (500)", "Ollama does not answer (500)"),
    ],
)
def test_e2_beside_a_hand_over(cause: str, stored: str, german: str) -> None:
    """E2: in #staff-review, and E3: beside the flag that it makes."""
    assert details.of_cause(GERMAN, cause, stored) == german
    flag = details.of_flag(GERMAN, "escalated", f"{cause}: {stored}" if stored else cause)
    assert flag == GERMAN[f"cause.{cause}"] + (f" ({german})" if german else "")


@pytest.mark.parametrize(
    ("kind", "stored", "german"),
    [
        ("sla_breach", "first_response", "die erste Antwort"),
        ("frustration", "marks (2.0)", "gehäufte Satzzeichen (2.0)"),
        ("low_confidence", "0.46 ≥ 0.45", "0.46 ≥ 0.45"),
        ("escalated", "a rule of mine", "a rule of mine"),
        ("negative_csat", "", ""),
    ],
)
def test_e3_beside_a_flag(kind: str, stored: str, german: str) -> None:
    assert details.of_flag(GERMAN, kind, stored) == german
