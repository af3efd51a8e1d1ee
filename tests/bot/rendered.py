"""Rendered messages as Discord would get them, and Discord's limits on them."""

from __future__ import annotations

from typing import Any

from ogma.bot.render.message import Form, Message
from ogma.domain.tickets import State, Ticket

TICKET = Ticket(
    id=42,
    key="a1b2c3d4",
    guild_id=100,
    type_id="billing",
    customer_id=7,
    customer_name="alice",
    state=State.OPEN,
    opened_at=1_786_017_600_000,
    last_activity_at=1_786_017_600_000,
    channel_id=55,
    channel_name="alice",
    subject="Invoice missing",
    description="I paid on Monday.\nWhere is *my* invoice?",
)


def payload(message: Message) -> dict[str, Any]:
    """The JSON of a message: what `send` gives disnake, as disnake writes it."""
    shown = message.send()
    return {
        "content": shown["content"],
        "embeds": [embed.to_dict() for embed in shown["embeds"]],
        "components": [row.to_component_dict() for row in shown["components"]],
        "allowed_mentions": shown["allowed_mentions"].to_dict(),
    }


def embed(message: Message) -> dict[str, Any]:
    """The one embed of a message, fields as pairs, footer as text."""
    (shown,) = payload(message)["embeds"]
    del shown["type"]
    if "footer" in shown:
        shown["footer"] = shown["footer"]["text"]
    if "fields" in shown:
        shown["fields"] = [(field["name"], field["value"]) for field in shown["fields"]]
    return dict(shown)


def buttons(message: Message) -> list[tuple[str, str, str]]:
    """(label, custom_id or address, what is special about it) of each button."""
    styles = {1: "primary", 2: "", 3: "success", 4: "danger", 5: "link"}
    return [
        (
            item["label"],
            item.get("custom_id") or item["url"],
            "disabled" if item["disabled"] else styles[item["style"]],
        )
        for row in payload(message)["components"]
        for item in row["components"]
    ]


def form_payload(form: Form) -> dict[str, Any]:
    """The JSON of a form."""
    return {
        "title": form.title,
        "custom_id": form.custom_id,
        "components": [label.to_component_dict() for label in form.components],
    }


def assert_within_limits(message: Message) -> None:
    """Discord would take it: https://docs.discord.com/developers/resources/message#create-message."""
    sent = payload(message)
    assert_text(sent["content"], 2000, required=False)
    assert sent["content"] or sent["embeds"] or message.files
    assert len(sent["embeds"]) <= 10
    assert sum(map(embed_size, sent["embeds"])) <= 6000
    for embed in sent["embeds"]:
        assert_embed(embed)
    assert len(sent["components"]) <= 5
    seen: list[str] = []
    for row in sent["components"]:
        assert 1 <= len(row["components"]) <= 5
        for item in row["components"]:
            assert_component(item)
            seen += [item["custom_id"]] if "custom_id" in item else []
    assert len(seen) == len(set(seen))
    assert message.marker().value
    assert sent["allowed_mentions"].get("users", []) == []
    assert sent["allowed_mentions"]["parse"] == []


def assert_embed(embed: dict[str, Any]) -> None:
    assert_text(embed.get("title"), 256, required=False)
    assert_text(embed.get("description"), 4096, required=False)
    assert_text(embed.get("footer", {}).get("text"), 2048, required=False)
    assert len(embed.get("fields", [])) <= 25
    for field in embed.get("fields", []):
        assert_text(field["name"], 256)
        assert_text(field["value"], 1024)


def embed_size(embed: dict[str, Any]) -> int:
    fields = embed.get("fields", [])
    texts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
    texts += [field[part] for field in fields for part in ("name", "value")]
    return sum(units(text or "") for text in texts)


def assert_component(item: dict[str, Any]) -> None:
    if "custom_id" in item:
        assert 1 <= len(item["custom_id"]) <= 100
    if item["type"] == 2:
        assert_text(item.get("label"), 80)
    else:
        assert_text(item["placeholder"], 150)
        assert 1 <= len(item["options"]) <= 25
        for option in item["options"]:
            assert_text(option["label"], 100)
            assert_text(option["value"], 100)
            assert_text(option.get("description"), 100, required=False)


def assert_form_within_limits(form: Form) -> None:
    """Discord would show it."""
    shown = form_payload(form)
    assert_text(shown["title"], 45)
    assert len(shown["custom_id"]) <= 100
    assert 1 <= len(shown["components"]) <= 5
    for label in shown["components"]:
        assert_text(label["label"], 45)
        assert_text(label["component"]["placeholder"], 100)
        assert 1 <= label["component"]["max_length"] <= 4000


def assert_text(text: str | None, limit: int, *, required: bool = True) -> None:
    """Within the limit by either way of counting, and not empty where it may not be."""
    if text is None and not required:
        return
    assert text is not None
    assert 1 <= len(text) <= units(text) <= limit
    assert text.strip()


def units(text: str) -> int:
    """UTF-16 units; raises for lone surrogates, which JSON cannot carry."""
    return len(text.encode("utf-16-le")) // 2
