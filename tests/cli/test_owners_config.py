from __future__ import annotations

from ogma.cli.owners_config import mapped
from ogma.settings import parse

SAMPLE = """
[discord]
guild = "1001"
[roles]
staff = ["1011"]
management = ["1012"]
[channels]
panel = "1021"
staff_review = "1022"
transcripts = "1023"
[[types]]
id = "general"
label = "General"
category = "1031"
[[types]]
id = "billing"
label = "Billing"
category = "1032"
staff_roles = ["1013"]
"""

OWNERS = """
language = "de"  # my 2 cents
[discord]
guild = 555000000000000001
[roles]
staff = ["555000000000000011", "555000000000000012"]
management = ["555000000000000013"]
[channels]
panel = "555000000000000021"
staff_review = "555000000000000022"
transcripts = "555000000000000023"
[[types]]
id = "orders"
label = "Orders 2026"
category = "555000000000000031"
staff_roles = ["555000000000000011", "555000000000000014"]
max_open = 2
[[types]]
id = "returns"
label = "Returns"
category = "555000000000000031"
open_roles = ["555000000000000015"]
[ai]
staff_cooldown_minutes = 10
[escalation]
ping_roles = ["555000000000000014"]
"""


def test_nobody_outside_hears_of_a_rehearsal() -> None:
    """R3: webhooks and tools are switched off."""
    more = """
[[webhooks]]
id = "crm"
url = "https://example.com/a"
[[tools]]
id = "orders"
url = "https://example.com/b"
"""
    owner = parse(OWNERS + more, "config.toml")
    text = mapped(OWNERS + more, owner, parse(SAMPLE, "config.toml"), lambda kind, name: "2001")
    settings = parse(text, "config.toml")
    assert [hook.enabled for hook in settings.webhooks] == [False]
    assert [tool.enabled for tool in settings.tools] == [False]


def test_ids_are_replaced_and_the_rest_stays() -> None:
    """R3: the owner's own types, texts and limits, on the sandbox's guild."""
    made: list[tuple[str, str]] = []

    def make(kind: str, name: str) -> str:
        made.append((kind, name))
        return str(2000 + len(made))

    text = mapped(OWNERS, parse(OWNERS, "owners"), parse(SAMPLE, "sample"), make)
    settings = parse(text, "mapped")
    assert "555" not in text
    assert "# my 2 cents" in text
    assert settings.discord.guild == 1001
    assert (settings.channels.panel, settings.channels.staff_review) == (1021, 1022)
    assert settings.roles.management == (1012,)
    assert settings.roles.staff == (1011, 2001)
    orders, returns = settings.types
    assert (orders.label, orders.max_open, orders.category) == ("Orders 2026", 2, 1031)
    assert orders.staff_roles == (1011, 1013)
    assert (returns.category, returns.open_roles) == (1031, (2002,))
    assert settings.escalation.ping_roles == (1013,)
    assert settings.ai.staff_cooldown_minutes == 10
    assert settings.language == "de"
    assert [kind for kind, _ in made] == ["role", "role"]
