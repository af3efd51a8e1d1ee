"""Uploaded files: kept in memory, served back under signed URLs that expire as Discord's do."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from aiohttp import web
from simcord.backend.cdn import CdnStore

from ogma.sandbox.clock import SandboxClock

MAX_FILE: Final = 10 * 1024 * 1024
"""Bytes in one uploaded file, for a server without boosts."""
MAX_REQUEST: Final = 25 * 1024 * 1024
"""Bytes in one request."""
_LIFETIME: Final = timedelta(hours=24)


def plain_name(filename: str) -> str:
    """The name that Discord keeps: ASCII without blanks; the original becomes the `title`."""
    folded = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^A-Za-z0-9._-]", "", folded.replace(" ", "_"))
    return kept if kept.strip(".") else "unknown"


class AttachmentStore(CdnStore):  # type: ignore[misc]
    """SimCord's store, with addresses on this server."""

    def __init__(self, base_url: str, clock: SandboxClock) -> None:
        super().__init__()
        self._base_url = base_url
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._types: dict[str, str] = {}

    def store_attachment(
        self,
        attachment_id: int,
        channel_id: int,
        filename: str,
        data: bytes,
        description: str | None,
    ) -> dict[str, Any]:
        """Keep the bytes under a plain name; returns the attachment object of the message."""
        name = plain_name(filename)
        stored: dict[str, Any] = super().store_attachment(
            attachment_id, channel_id, name, data, description
        )
        if name != filename:
            stored["title"] = PurePosixPath(filename).stem
        self._blobs.pop(stored["url"])
        path = f"/attachments/{channel_id}/{attachment_id}/{quote(name)}"
        self._blobs[path] = data
        self._types[path] = stored["content_type"]
        self.sign(stored, path)
        return stored

    def sign(self, attachment: dict[str, Any], path: str | None = None) -> None:
        """Give the attachment a fresh address, as Discord does whenever it sends a message."""
        path = path or urlsplit(attachment["url"]).path
        issued = int(self._clock.now().timestamp())
        expires = issued + int(_LIFETIME.total_seconds())
        query = f"ex={expires:x}&is={issued:x}&hm={self._mac(path, expires)}"
        attachment["url"] = attachment["proxy_url"] = f"{self._base_url}{path}?{query}"

    def _mac(self, path: str, expires: int) -> str:
        return hmac.new(self._key, f"{path}:{expires:x}".encode(), hashlib.sha256).hexdigest()

    def fetch(self, raw_path: str, query: str) -> tuple[bytes, str] | None:
        """Bytes and content type behind an address; None when unknown, forged or expired."""
        fields = dict(parse_qsl(query))
        try:
            expires = int(fields.get("ex", ""), 16)
        except ValueError:
            return None
        genuine = hmac.compare_digest(fields.get("hm", ""), self._mac(raw_path, expires))
        if not genuine or self._clock.now().timestamp() >= expires:
            return None
        data = self._blobs.get(raw_path)
        return None if data is None else (data, self._types[raw_path])

    async def serve(self, request: web.Request) -> web.Response:
        """GET /attachments/...: the file, or Discord's 404 with its plain sentence."""
        found = self.fetch(request.raw_path.partition("?")[0], request.query_string)
        if found is None:
            return web.Response(status=404, text="This content is no longer available.")
        data, content_type = found
        return web.Response(body=data, headers={"Content-Type": content_type})
