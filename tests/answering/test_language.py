"""Enough of languages to notice an answer in the wrong one."""

from __future__ import annotations

import pytest

from ogma.answering.language import language_of, same_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("How do I cancel the subscription?", "en"),
        ("Wie kann ich das Abo kündigen?", "de"),
        ("Comment est-ce que je peux annuler mon abonnement ?", "fr"),
        ("¿Cómo puedo cancelar mi suscripción y el pago?", "es"),
        ("Jak mogę anulować subskrypcję i kiedy?", "pl"),
        ("如何取消订阅", "zh"),
        ("解約するにはどうすればいいですか", "ja"),
        ("Как отменить подписку?", "cyrillic"),
        ("cancel", None),
        ("", None),
    ],
)
def test_languages_are_told_apart(text: str, code: str | None) -> None:
    assert language_of(text) == code


def test_only_a_certain_difference_counts() -> None:
    assert not same_language("Wie kann ich das Abo kündigen?", "You can cancel it in the app.")
    assert same_language("cancel subscription", "Wie kann ich das Abo kündigen?")
