"""Telling people what was masked of what they wrote in a command or form (D4)."""

from __future__ import annotations

from ogma.bot.render import asides
from ogma.domain.redaction import mask_secrets
from ogma.texts import Texts


def notice(texts: Texts, *written: str) -> str | None:
    """What was masked, to whoever wrote it; None where nothing was."""
    found = {kind for text in written for kind in mask_secrets(text).found}
    return asides.secret_asked(texts, sorted(found)) if found else None


def with_notice(texts: Texts, text: str, *written: str) -> str:
    """An answer that only the writer sees, and below it what was masked."""
    return "\n\n".join(filter(None, (text, notice(texts, *written))))
