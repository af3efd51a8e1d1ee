"""Greetings, thanks and the like are told from questions, in any language (A1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.small_talk import SmallTalk, small_talk

TALK = {
    SmallTalk.GREETING: """
        hi | Hello! | hey there | Hi team | good morning everyone | hiiii | Helloooo 👋 | hello?
        How are you? | hi, how's it going? | What’s up? | anyone there? | <@123456789> hi
        Hallo zusammen | Guten Tag | moin moin! | Servus, wie geht's? | Ist jemand da? | Grüß Gott
        hola | bonjour | привет | こんにちは | 你好 | hey :wave: | Hi <:hello:123456>
        """,
    SmallTalk.THANKS: """
        thanks | Thank you so much! | thx | thanks, that worked! | Perfect, thank you 🙏
        ok thanks | great, it works now | Thanks for your help, have a nice day! | awesome!!!
        hi, thanks a lot | TY | thankssss | Danke! | Vielen Dank für die schnelle Hilfe
        super, danke dir | Alles klar, danke | hat funktioniert, danke euch | gracias | merci
        спасибо | ありがとう | problem solved | das hat geholfen
        """,
    SmallTalk.FAREWELL: "bye | see you later | Tschüss! | have a great day | schönen Abend noch",
    SmallTalk.NOD: "ok | okay! | 👍 | 🙏🙏 | ... | <:ok:123> | ja | yes | :thumbsup: | in Ordnung",
}

QUESTIONS = """
hi, how do I reset my password?
Hi! My order has not arrived
hello, refund please
thanks, but it still does not work
Thanks. And how much is it?
thank you, one more thing: can I change the mail
ok and where is that
ok?
thanks?
?
???
!!!
help
no
hello password
hey can you help me
good morning, I can't log in
Hallo, wie setze ich mein Passwort zurück?
Danke, aber es geht nicht
moin, Rechnung fehlt
Guten Tag ich brauche Hilfe
danke und wo finde ich das?
geht nicht
it works not
how are you charging me?
what's up with my order
nice price, which plan is it?
great, now it is broken
cool down time of the oven
is anyone there who can refund me
all good plans?
42
v2
hola, no puedo entrar
bonjour, comment changer mon mot de passe
привет, не работает
你好，怎么退款
"""


@pytest.mark.parametrize("kind", TALK)
def test_a1_greetings_and_thanks_are_known(kind: SmallTalk) -> None:
    lines = [one.strip() for line in TALK[kind].splitlines() for one in line.split("|")]
    wrong = {one: small_talk(one) for one in lines if one and small_talk(one) is not kind}
    assert wrong == {}


def test_a1_a_question_is_never_taken_for_small_talk() -> None:
    """A1: "hi, how do I reset..." is a question."""
    lines = QUESTIONS.strip().splitlines()
    assert {line: kind for line in lines if (kind := small_talk(line))} == {}


@given(
    st.sampled_from(["hi", "Hello!", "hey there", "thanks", "Danke", "ok", "guten Tag"]),
    st.sampled_from([" ", ", ", "! ", "\n", " 👋 "]),
    st.from_regex(r"(?:how|why|where|wie|wo|warum) [b-z]{7,12} [b-z]{5,9}\??", fullmatch=True),
)
def test_a1_manners_before_a_question_do_not_hide_it(hello: str, gap: str, question: str) -> None:
    assert small_talk(hello + gap + question) is None
    assert small_talk(question + gap + hello) is None


@given(st.text(max_size=200))
def test_any_text_has_an_outcome(text: str) -> None:
    assert small_talk(text) is None or len(text) <= 120
