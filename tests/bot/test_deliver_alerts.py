"""Q7: what becomes of the effects that managers see."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ogma.bot.deliver_alerts import AlertEffects
from ogma.bot.render.message import Message
from ogma.domain.automation_policies import Topic
from ogma.domain.effects import Job, Kind
from ogma.services.automation import alerts
from ogma.services.desk import Desk
from ogma.settings import default_settings
from ogma.store.opening import open_database
from ogma.texts import load


class FakeApp:
    """Settings, texts and reads of a desk, without a bot."""

    def __init__(self, folder: Path, channel: int | None) -> None:
        shipped = default_settings()
        channels = shipped.channels.model_copy(update={"alerts": channel})
        self.settings = shipped.model_copy(update={"channels": channels})
        self.texts = load("en")
        self.desk = Desk(open_database(folder), lambda: self.settings, folder)

    async def read(self, use_case: Callable[..., Any], *arguments: Any) -> Any:
        return use_case(self.desk, *arguments)


async def deliver(app: FakeApp, payload: dict[str, Any]) -> tuple[Any, list[tuple[int, Message]]]:
    posted: list[tuple[int, Message]] = []

    async def post(job: Job, channel_id: int, message: Message) -> int:
        posted.append((channel_id, message))
        return 5

    job = Job(1, Kind.ALERT, "k", "alerts", None, payload, 1, 0)
    handler = AlertEffects(app, post).handlers()[Kind.ALERT]  # type: ignore[arg-type]
    return await handler(job), posted


async def test_q7_alerts_go_to_the_managers_channel(tmp_path: Path) -> None:
    app = FakeApp(tmp_path, 34)
    with app.desk.db.write():
        alerts.alert(app.desk, Topic.MODEL, "m", "staff.model_down")
    receipt, posted = await deliver(app, {"alerts": [1]})
    assert receipt == {"message": 5}
    [(channel, message)] = posted
    assert channel == 34
    assert message.content.startswith("⚠️ The AI model")


async def test_q7_the_digest_names_its_moment_on_the_owners_clock(tmp_path: Path) -> None:
    _, posted = await deliver(FakeApp(tmp_path, 34), {"digest": 1_800_000_000_000})
    assert posted[0][1].embeds[0].title == "Summary of 2027-01-15 08:00"


@pytest.mark.parametrize(("channel", "ids"), [(None, [1]), (34, [99])])
async def test_q7_without_a_channel_or_an_alert_nothing_is_posted(
    tmp_path: Path, channel: int | None, ids: list[int]
) -> None:
    receipt, posted = await deliver(FakeApp(tmp_path, channel), {"alerts": ids})
    assert "skipped" in receipt
    assert not posted
