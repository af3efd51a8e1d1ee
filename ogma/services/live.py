"""The settings of the moment with what is made from them: read by all, swapped as a whole (S5)."""

from __future__ import annotations

from dataclasses import dataclass

from ogma.answering.engine import Answerer
from ogma.answering.support import Embed
from ogma.domain.policies import Settings
from ogma.texts import Texts
from ogma.texts import load as load_texts


@dataclass(frozen=True, slots=True)
class Moment:
    """One config's settings, texts and answerer."""

    settings: Settings
    texts: Texts
    answerer: Answerer


class Live:
    """Holds the present moment. Whoever reads it twice may see two."""

    def __init__(self, settings: Settings, embed: Embed | None) -> None:
        self._embed = embed
        self.now = Moment(settings, _texts(settings), self._answerer(settings))

    def after(self, settings: Settings) -> Moment:
        """The moment that these settings make; its answerer is today's where nothing differs."""
        same = _questions(settings) == _questions(self.now.settings)
        answerer = self.now.answerer if same else self._answerer(settings)
        return Moment(settings, _texts(settings), answerer)

    def _answerer(self, settings: Settings) -> Answerer:
        return Answerer(
            settings.ai,
            settings.ollama,
            human_only=settings.escalation.human_only,
            embed=self._embed,
            lead=self._from,
        )

    def _from(self, place: str) -> str:
        """What stands above a quotation, in the words of the moment."""
        return self.now.texts("answer.from", place=place)


def _texts(settings: Settings) -> Texts:
    return load_texts(settings.language, settings.texts)


def _questions(settings: Settings) -> tuple[object, ...]:
    """What an answerer is made from."""
    return settings.ai, settings.ollama, settings.escalation.human_only
