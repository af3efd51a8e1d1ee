"""Greetings, thanks and the like: what needs a friendly word at most, and no search (A1).

A text is small talk only if every word of it is: "hi, how do I reset it" is a question. What has no
word in any language (an emoji, dots) is a nod, unless it asks.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache
from typing import Final


class SmallTalk(StrEnum):
    """What somebody means by it; all but a nod have a text in the catalogue below 'small_talk.'."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    NOD = "nod"


_GREETINGS: Final = """
hi, hello, hey, heya, hiya, hello there, howdy, yo, greetings, good morning, good afternoon
good evening, good day, morning, evening, how are you, how are you doing, how are you today
how is it going, how's it going, hows it going, what's up, whats up, sup, anyone there
anybody there, is anyone there, is anybody there, are you there, nice to meet you
hallo, halli hallo, hallöchen, moin, moin moin, servus, grüezi, grüß gott, grüß dich, grüße
gruß, guten tag, guten morgen, guten abend, tach, tag, wie geht's, wie gehts, wie geht es
wie geht es dir, wie geht es euch, wie geht es ihnen, jemand da, ist jemand da, ist da jemand
hola, buenos días, buenos dias, buenas, buenas tardes, bonjour, bonsoir, salut, coucou, ciao
buongiorno, buonasera, olá, ola, bom dia, boa tarde, hej, hejsan, hoi, goedemorgen, goedendag
cześć, dzień dobry, ahoj, привет, здравствуйте, добрый день, merhaba, selam, مرحبا, السلام عليكم
नमस्ते, namaste, こんにちは, 你好, 您好, 안녕하세요, aloha
"""
_THANKS: Final = """
thanks, thank you, thank you so much, thank you very much, thanks a lot, thanks so much
many thanks, thx, thnx, tx, ty, tysm, tyvm, cheers, much appreciated, appreciate it
i appreciate it, that helped, that helps, this helped, it helped, that worked, this worked
it worked, it works, it works now, works now, it's working now, that works, that did it
that solved it, solved, problem solved, it's solved, all good, all good now, got it, perfect, great
awesome, amazing, brilliant, lovely, nice, cool, wonderful, excellent, you're the best
you are the best, you rock, good bot, well done
danke, danke schön, dankeschön, danke sehr, danke dir, danke euch, vielen dank, vielen lieben dank
tausend dank, besten dank, herzlichen dank, ich danke dir, ich danke euch, lieben dank, dank dir
hat geholfen, das hat geholfen, das hilft, hat funktioniert, das hat funktioniert
funktioniert jetzt, es funktioniert jetzt, es geht jetzt, geht jetzt, geht wieder, klappt jetzt
hat geklappt, das hat geklappt, erledigt, gelöst, super, prima, perfekt, toll, klasse, top
spitze, wunderbar, alles gut, alles klar
gracias, muchas gracias, merci, merci beaucoup, grazie, grazie mille, obrigado, obrigada, tack
tack så mycket, bedankt, dank je, dank je wel, dziękuję, dzięki, спасибо, большое спасибо
teşekkürler, شكرا, धन्यवाद, ありがとう, ありがとうございます, 谢谢, 謝謝, 감사합니다
"""
_FAREWELLS: Final = """
bye, bye bye, goodbye, good bye, see you, see ya, cya, take care, have a nice day
have a good day, have a great day, good night, later, until next time
tschüss, tschüß, tschau, auf wiedersehen, bis dann, bis bald, bis später, schönen tag
schönen tag noch, einen schönen tag noch, schönen abend, schönen abend noch, gute nacht
schönes wochenende, mach's gut, adiós, adios, au revoir, arrivederci, пока, 再见
"""
_NODS: Final = """
ok, okay, okey, k, kk, okie, oki, yes, yep, yeah, yup, sure, alright, all right, fine, understood
i see, ah, aha, ah ok, oh, oh ok, hm, hmm, lol, haha, hehe, noted, right, true, will do, sounds good
ja, jo, jep, jap, klar, na klar, in ordnung, verstanden, verstehe, passt, gut, okidoki, mach ich
sí, si, oui, d'accord, да, 是, はい, 네
"""
_FILLERS: Final = """
there, all, everyone, everybody, guys, folks, team, support, friends, sir, madam, ogma, bot, again
so, so much, very much, a lot, very, really, already, now, then, too, for your help, for the help
for helping, for helping me, for everything, for the info, for the information, for the answer
for your answer, for the quick answer, for the quick reply, for the reply, for your reply
for the fast reply, for your time, for your support, for the support, in advance, and, but first
zusammen, alle, leute, an alle, liebes team, liebes support team, mal, noch, nochmal, auch, ihr
euch, dir, sehr, schon, jetzt, dann, für die hilfe, für deine hilfe, für eure hilfe
für ihre hilfe, für die antwort, für die schnelle antwort, für die schnelle hilfe, im voraus, und
"""

_NOISE: Final = re.compile(r"<(?:@[!&]?|#|a?:\w{1,32}:)\d*>|:[a-z0-9_+-]{1,32}:|<#?\d+>")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DRAWN_OUT: Final = re.compile(r"(\w)\1{2,}")
_ASKS: Final = re.compile(r"[?？¿؟]")
_LONGEST: Final = 120


def small_talk(text: str) -> SmallTalk | None:
    """What kind of small talk this is; None where it may be a question or tells something."""
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    plain = _NOISE.sub(" ", plain)
    asks = _ASKS.search(plain) is not None
    words = _DRAWN_OUT.sub(r"\1", " ".join(_WORD.findall(plain))).split()
    if not words:
        return None if asks or not text.strip() or _joined_marks(plain) else SmallTalk.NOD
    said = _spoken(words)
    if said is None or (asks and said is not SmallTalk.GREETING):
        return None
    return said


def asks(text: str) -> bool:
    """Whether there is a question mark in it."""
    return _ASKS.search(text) is not None


def _joined_marks(plain: str) -> bool:
    """Only marks that are said in anger, and nothing else."""
    return bool(re.fullmatch(r"[\s!]*!{2}[\s!]*", plain))


def _spoken(words: list[str]) -> SmallTalk | None:
    """What a row of known phrases means together; None as soon as a word is in none of them."""
    phrases = _phrases()
    longest = max(len(phrase) for phrase in phrases)
    meant: set[SmallTalk] = set()
    at = 0
    while at < len(words):
        lengths = range(min(longest, len(words) - at), 0, -1)
        size = next((n for n in lengths if tuple(words[at : at + n]) in phrases), None)
        if size is None:
            return None
        kind = phrases[tuple(words[at : at + size])]
        if kind is not None:
            meant.add(kind)
        at += size
    order = (SmallTalk.THANKS, SmallTalk.GREETING, SmallTalk.FAREWELL, SmallTalk.NOD)
    return next((kind for kind in order if kind in meant), None)


@cache
def _phrases() -> dict[tuple[str, ...], SmallTalk | None]:
    """Every phrase as words, and what it means; None for what only goes with others."""
    listed = (
        (_FILLERS, None),
        (_NODS, SmallTalk.NOD),
        (_FAREWELLS, SmallTalk.FAREWELL),
        (_THANKS, SmallTalk.THANKS),
        (_GREETINGS, SmallTalk.GREETING),
    )
    return {
        tuple(_WORD.findall(unicodedata.normalize("NFKC", phrase).casefold())): kind
        for lines, kind in listed
        for phrase in re.split(r"[,\n]", lines)
        if phrase.strip()
    }
