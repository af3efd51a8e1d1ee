"""A config file that fits the sample guild."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ogma.sandbox.guild import SampleGuild

_TEMPLATE: Final = """\
# Written by the sandbox for its sample guild; every id below exists there and nowhere else.
language = "en"

[discord]
guild = "{guild}"
token_file = "{token_file}"

[roles]
staff = ["{support}"]
management = ["{management}"]

[channels]
panel = "{panel}"
staff_review = "{staff_review}"
transcripts = "{transcripts}"
learned_tips = "{learned_tips}"

[[types]]
id = "general"
label = "General support"
emoji = "\\U0001F4AC"
description = "Questions about the product, orders and accounts"
style = "primary"
category = "{general}"
intake = "both"

[[types]]
id = "billing"
label = "Billing"
emoji = "\\U0001F4B3"
description = "Invoices and payments"
style = "secondary"
category = "{billing}"
staff_roles = ["{billing_role}"]
intake = "both"

[ai]
engine = "extractive"

[escalation]
ping_roles = ["{support}"]
expected_response = "within two hours"
"""


def write(folder: Path, guild: SampleGuild, token: str) -> Path:
    """Write `config.toml` and the token beside it (0600); returns the config's path."""
    folder.mkdir(parents=True, exist_ok=True)
    token_file = folder / "token"
    descriptor = os.open(token_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(token + "\n")
    path = folder / "config.toml"
    path.write_text(
        _TEMPLATE.format(
            guild=guild.id,
            token_file=token_file.resolve().as_posix(),
            support=guild.roles["Support"],
            management=guild.roles["Management"],
            billing_role=guild.roles["Billing"],
            panel=guild.channels["open-a-ticket"],
            staff_review=guild.channels["staff-review"],
            transcripts=guild.channels["ticket-transcripts"],
            learned_tips=guild.channels["learned-tips"],
            general=guild.categories["General Tickets"],
            billing=guild.categories["Billing Tickets"],
        ),
        encoding="utf-8",
    )
    return path
