"""S3, Q8: what `ogma doctor` says of webhooks and tools, without asking any of their servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ogma.domain.automation_policies import WebhookPolicy
from ogma.domain.diagnosis import Finding, Level
from ogma.domain.policies import Settings
from ogma.domain.tool_policies import ToolPolicy
from ogma.net.guard import Guard
from ogma.services.automation import reachable
from ogma.services.automation.signed import Keys
from ogma.settings import default_settings

KEY = "a-key-that-nobody-may-see"
NAMES = {
    "hooks.example": ["93.184.216.34"],
    "inside.example": ["10.0.0.7"],
    "cloud.example": ["169.254.169.254"],
}


def look_up(host: str, port: int) -> list[str]:
    """A name service of our own."""
    del port
    if host not in NAMES:
        raise OSError(-2, "Name or service not known")
    return NAMES[host]


def settings(*hooks: dict[str, object], tools: tuple[dict[str, object], ...] = ()) -> Settings:
    return default_settings().model_copy(
        update={
            "webhooks": tuple(WebhookPolicy.model_validate(one) for one in hooks),
            "tools": tuple(ToolPolicy.model_validate(one) for one in tools),
        }
    )


def found(chosen: Settings, data: Path, *internal: str, **environ: str) -> list[Finding]:
    guard = Guard(internal, lookup=look_up)
    return list(reachable.findings(chosen, Keys(data, environ), guard))


def test_s3_a_webhook_and_a_tool_that_are_fit(tmp_path: Path) -> None:
    """S3: one line each, with the command that really asks; one that is off is no fault."""
    (tmp_path / "tool-orders.secret").write_text(KEY)
    (tmp_path / "tool-orders.secret").chmod(0o600)
    chosen = settings(
        {"id": "crm", "url": "https://hooks.example/x"},
        {"id": "old", "url": "https://gone.example/", "enabled": False},
        tools=({"id": "orders", "url": "http://inside.example:8080/"},),
    )
    lines = found(chosen, tmp_path, "inside.example:8080", OGMA_WEBHOOK_CRM=KEY)
    assert [(one.name, one.level, one.text) for one in lines] == [
        (
            "webhook",
            Level.OK,
            "The webhook crm has a key, and its host may be asked; 'ogma webhooks test' does it.",
        ),
        ("webhook", Level.OK, "The webhook old is switched off."),
        (
            "tool",
            Level.OK,
            "The tool orders has a key, and its host may be asked; 'ogma tools test' does it.",
        ),
    ]


@pytest.mark.parametrize(
    ("url", "text", "fix"),
    [
        (
            "https://nowhere.example/",
            "The host nowhere.example of the webhook crm cannot be looked up"
            " (Name or service not known).",
            "See that its url in [[webhooks]] is right, and that this machine's network works.",
        ),
        (
            "https://inside.example/",
            "inside.example is not connected to: 10.0.0.7 is a private address.",
            "If that host is yours, name it in network.internal_hosts.",
        ),
        (
            "https://cloud.example/",
            "cloud.example is not connected to: 169.254.169.254 is a cloud's metadata service.",
            "Change its url ('ogma config edit'), or network.internal_hosts.",
        ),
        (
            "http://hooks.example/",
            "The webhook crm is not encrypted.",
            "Use https, or name the host in network.internal_hosts if it is your own.",
        ),
        (
            "https://hooks.example:8443/",
            "https://hooks.example:8443/ is not followed: of ports only 80 and 443 are open, unless"
            " network.internal_hosts names 'hooks.example:8443'.",
            "Change its url ('ogma config edit'), or network.internal_hosts.",
        ),
    ],
)
def test_s3_q8_a_host_that_cannot_be_asked(tmp_path: Path, url: str, text: str, fix: str) -> None:
    """Q8: the same rules as those of the request itself, each with the way out."""
    chosen = settings({"id": "crm", "url": url})
    assert found(chosen, tmp_path, OGMA_WEBHOOK_CRM=KEY) == [
        Finding("webhook", Level.FAILURE, text, fix)
    ]


def test_s3_a_key_that_is_missing_or_open_to_all(tmp_path: Path) -> None:
    """S3: never shown, only whether it is there; a wrong host beside it is told as well."""
    chosen = settings({"id": "crm", "url": "https://hooks.example/"})
    [missing] = found(chosen, tmp_path)
    assert (missing.level, missing.text) == (
        Level.FAILURE,
        "There is no key for the webhook crm.",
    )
    assert missing.fix.startswith("Set OGMA_WEBHOOK_CRM, or store one in ")
    file = tmp_path / "webhook-crm.secret"
    file.write_text(KEY)
    file.chmod(0o644)
    [shared] = found(chosen, tmp_path)
    assert shared.fix.startswith(f"Run 'chmod 600 {file}'")
    assert KEY not in shared.text + shared.fix
    both = found(settings({"id": "crm", "url": "https://nowhere.example/"}), tmp_path)
    assert [one.level for one in both] == [Level.FAILURE, Level.FAILURE]
