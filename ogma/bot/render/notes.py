"""Notes and prepared replies, as only staff see them (Q3)."""

from __future__ import annotations

from collections.abc import Sequence

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render import places
from ogma.bot.render.escape import label, plain, quoted
from ogma.bot.render.limits import CONTENT, Colour, button, clip, embed, length
from ogma.bot.render.message import Message
from ogma.domain.macros import TEXT_MAX
from ogma.services.notes import Note
from ogma.texts import Texts


def note_list(texts: Texts, notes: Sequence[Note]) -> str:
    """The newest notes that fit, in the order in which they were made."""
    if not notes:
        return texts("note.none")
    shown: list[str] = []
    for note in reversed(notes):
        head = f"**{clip(plain(note.author), 100)}** {places.moment(note.at)}"
        entry = clip(f"{head}\n{quoted(note.text)}", CONTENT - 1)
        if length("\n".join([entry, *shown])) >= CONTENT:
            break
        shown.insert(0, entry)
    return "\n".join(shown)


def macro_preview(texts: Texts, name: str, text: str) -> Message:
    """What would be sent, with the button that sends it. Marker: that button."""
    shown = embed(
        colour=Colour.WAITING,
        title=texts("macro.title", name=label(name)),
        text=clip(text, TEXT_MAX * 2),
        footer=texts("macro.footer"),
    )
    send = button(texts("macro.send"), encode(Action.SEND_MACRO, name))
    return Message(embeds=(shown,), rows=((send,),))
