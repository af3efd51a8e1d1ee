"""Telling whoever is at the shell what was masked of what they wrote (D4)."""

from __future__ import annotations

from ogma.cli.output import Output
from ogma.domain.redaction import mask_secrets


def tell(output: Output, written: str) -> None:
    """A warning with the kinds of secret that were masked; nothing where there was none."""
    if found := sorted(set(mask_secrets(written).found)):
        output.warning(
            f"What looks like a secret was masked and is kept nowhere: {', '.join(found)}."
        )
