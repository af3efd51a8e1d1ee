"""P42: bodies within limits, counted unpacked."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib

import pytest

from ogma.net import body
from ogma.net.guard import Guard
from tests.net.loopback import Answer, Site


async def read(web: Site, limit: int) -> bytes:
    async with Guard([web.host]).async_client() as client, client.stream("GET", web.url) as answer:
        return await body.read(answer, limit)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000])
@pytest.mark.parametrize("noise", [True, False])
async def test_a_packed_body_comes_out_whole(web: Site, size: int, noise: bool) -> None:
    content = random.Random(size).randbytes(size) if noise else b"ab" * (size // 2)
    web.routes["/"] = Answer.packed(content)
    assert await read(web, 400_000) == content


async def test_a_body_at_the_limit_is_read_and_one_above_is_not(web: Site) -> None:
    for answer in (Answer(b"x" * 1_000), Answer.packed(b"x" * 1_000)):
        web.routes["/"] = answer
        assert len(await read(web, 1_000)) == 1_000
        with pytest.raises(body.TooLarge, match="larger than"):
            await read(web, 999)


async def test_a_bomb_costs_no_more_than_the_limit(web: Site) -> None:
    """P42: a small packet that unpacks to much is refused after the first pieces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(2**20)
    bomb = b"".join(packer.compress(zeros) for _ in range(40)) + packer.flush()
    web.routes["/"] = Answer(bomb, headers={"content-encoding": "gzip"})
    tracemalloc.start()
    with pytest.raises(body.TooLarge):
        await read(web, 2**20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * 2**20


async def test_a_stated_size_above_the_limit_is_believed(web: Site) -> None:
    web.routes["/"] = Answer(b"", headers={"content-length": str(10 * 2**30)})
    with pytest.raises(body.TooLarge):
        await read(web, 2**20)


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        (b"not gzip at all", "gzip", "damaged"),
        (gzip.compress(b"x" * 1_000, mtime=0)[:-20], "gzip", "middle"),
        (b"x", "br", "'br', which was not asked for"),
    ],
)
async def test_a_damaged_body_is_said_so(
    web: Site, content: bytes, encoding: str, reason: str
) -> None:
    web.routes["/"] = Answer(content, headers={"content-encoding": encoding})
    with pytest.raises(body.Unfit, match=reason):
        await read(web, 10_000)
