"""The panel that members open tickets from (O1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import disnake
from disnake.ui.select.string import StringSelect

from ogma.bot.custom_ids import PANEL_ROW, Action, encode
from ogma.bot.render.escape import label
from ogma.bot.render.limits import OPTION, PLACEHOLDER, Colour, button, clip, embed
from ogma.bot.render.message import Message
from ogma.domain.policies import PanelPolicy, TypePolicy
from ogma.texts import Texts

BUTTONS: Final = 4
"""Up to so many types are buttons; more are one dropdown."""

OPTIONS: Final = 25

_CUSTOM_EMOJI: Final = re.compile(r"<a?:\w{2,32}:[0-9]{15,20}>")


def panel(texts: Texts, policy: PanelPolicy, types: Sequence[TypePolicy]) -> Message:
    """The panel with its enabled types: four buttons, or a dropdown of up to 25.

    Raises ValueError above 25, which the settings do not let through.
    """
    offered = [kind for kind in types if kind.enabled]
    if len(offered) > OPTIONS:
        raise ValueError(f"a panel offers at most {OPTIONS} types, not {len(offered)}")
    text = policy.text or texts("panel.text")
    if not offered:
        text = f"{text}\n\n{texts('panel.closed')}"
    shown = embed(colour=Colour.PANEL, title=policy.title or texts("panel.title"), text=text)
    if not offered:
        return Message(embeds=(shown,))
    if len(offered) <= BUTTONS:
        return Message(embeds=(shown,), rows=(tuple(map(_button, offered)),))
    return Message(embeds=(shown,), rows=((_dropdown(texts, offered),),))


def _button(kind: TypePolicy) -> disnake.ui.Button[None]:
    return button(
        _name(kind),
        encode(Action.OPEN, kind.id),
        disnake.ButtonStyle[kind.style],
        emoji=emoji(kind.emoji),
    )


def _dropdown(texts: Texts, types: Sequence[TypePolicy]) -> StringSelect[None]:
    options = [
        disnake.SelectOption(
            label=clip(_name(kind), OPTION),
            value=kind.id,
            description=clip(label(kind.description), OPTION) or None,
            emoji=emoji(kind.emoji),
        )
        for kind in types
    ]
    return StringSelect(
        custom_id=encode(Action.CHOOSE, PANEL_ROW),
        placeholder=clip(texts("hint.choose"), PLACEHOLDER),
        options=options,
    )


def _name(kind: TypePolicy) -> str:
    """Its label, or its id where nothing of the label can be seen."""
    return label(kind.label) or kind.id


def emoji(text: str) -> str | None:
    """The emoji if it can be one, else None: Discord would refuse the whole panel for it."""
    text = text.strip()
    pictured = bool(text) and len(text) <= 16 and not re.search(r"[\w\s]", text.rstrip("\u20e3"))
    keycap = text.endswith("\u20e3")
    return text if _CUSTOM_EMOJI.fullmatch(text) or pictured or keycap else None
