"""A message before it is sent, and what it will be recognised by should the answer be lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import disnake
from disnake.ui.select.string import StringSelect

from ogma.bot.render.limits import CONTENT, clip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be sent: its name in Discord, and its absolute path."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Marker:
    """What only this message carries, so that it is found after a crash (`bot/lookup.py`).

    `custom_id`: of its first button that has one. `file`: the name of its first file.
    `content`: its exact words, of which only messages after the job's start may be compared.
    `title`: of its embed.
    """

    kind: Literal["custom_id", "file", "content", "title"]
    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """What Discord is to show. `pings` are the only roles that it notifies, `members` the only
    members; nobody else ever."""

    content: str = ""
    embeds: tuple[disnake.Embed, ...] = ()
    rows: tuple[tuple[disnake.ui.Button[Any] | StringSelect[Any], ...], ...] = ()
    files: tuple[Upload, ...] = ()
    pings: tuple[int, ...] = ()
    members: tuple[int, ...] = ()

    def send(self) -> dict[str, Any]:
        """Arguments for `send` of a channel, a member or an interaction; opens the files."""
        shown = {**self._shown(), "content": self.content or None}
        if self.files:
            shown["files"] = self.opened()
        return shown

    def opened(self) -> list[disnake.File]:
        """The files, for one upload."""
        return [disnake.File(file.path, file.name) for file in self.files]

    def edit(self) -> dict[str, Any]:
        """Arguments for an edit: what is not in this message disappears, but for files."""
        return {**self._shown(), "content": self.content or None}

    def body(self) -> dict[str, Any]:
        """The message without its files as Discord's API takes it: for a send by other means."""
        rows = [disnake.ui.ActionRow(*row).to_component_dict() for row in self.rows]
        return {
            "content": self.content,
            "embeds": [one.to_dict() for one in self.embeds],
            "components": rows,
            "allowed_mentions": self.allowed_mentions().to_dict(),
        }

    def marker(self) -> Marker:
        """What to look for before this message is sent a second time.

        Raises ValueError for a message without anything of its own.
        """
        for item in (item for row in self.rows for item in row):
            if item.custom_id:
                return Marker("custom_id", item.custom_id)
        if self.files:
            return Marker("file", self.files[0].name)
        if self.content:
            return Marker("content", self.content)
        if self.embeds and self.embeds[0].title:
            return Marker("title", self.embeds[0].title)
        raise ValueError("a message without button, file, words or title cannot be found again")

    def _shown(self) -> dict[str, Any]:
        return {
            "embeds": list(self.embeds),
            "components": [disnake.ui.ActionRow(*row) for row in self.rows],
            "allowed_mentions": self.allowed_mentions(),
        }

    def allowed_mentions(self) -> disnake.AllowedMentions:
        """Nobody but `pings` and `members`, whatever the text contains."""
        if not self.pings and not self.members:
            return NOBODY
        roles = [disnake.Object(role) for role in self.pings[:_PINGS]]
        users = [disnake.Object(member) for member in self.members[:_PINGS]] or False
        return disnake.AllowedMentions(everyone=False, users=users, roles=roles, replied_user=False)


NOBODY: Final = disnake.AllowedMentions.none()
"""For whatever is sent without a Message."""

_PINGS: Final = 100
"""As many of each as Discord accepts in one message's allowed mentions."""


@dataclass(frozen=True, slots=True)
class Form:
    """A modal before it is shown."""

    title: str
    custom_id: str
    components: tuple[disnake.ui.Label, ...]

    def send(self) -> dict[str, Any]:
        """Arguments for `interaction.response.send_modal`."""
        return {
            "title": self.title,
            "custom_id": self.custom_id,
            "components": list(self.components),
        }


def words(text: str) -> Message:
    """A message of nothing but words, as most refusals and notices are."""
    return Message(content=clip(text, CONTENT))
