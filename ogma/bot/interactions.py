"""The interactions that cogs handle, under short names.

Imported from disnake's submodules: its package builds `__all__` at run time, which type checkers
cannot follow.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from disnake.interactions.application_command import GuildCommandInteraction
from disnake.interactions.base import Interaction
from disnake.interactions.message import MessageInteraction
from disnake.interactions.modal import ModalInteraction

AnyInteraction: TypeAlias = Interaction[Any]
Click: TypeAlias = MessageInteraction[Any]
Submit: TypeAlias = ModalInteraction[Any]
Command: TypeAlias = GuildCommandInteraction[Any]
