"""P42: a polite guest, and one that does not let itself be held up."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler

import pytest

from ogma.net.guard import Guard
from ogma.net.robots import Robots
from ogma.net.visit import Cause, NotVisited, Visitor
from tests.net.loopback import Answer, Asked, Site

SLEPT: list[float] = []


async def note(seconds: float) -> None:
    SLEPT.append(seconds)


@pytest.fixture
async def guest(web: Site) -> AsyncIterator[Visitor]:
    """A visitor who may see the loopback server, and whose waiting takes no time."""
    SLEPT.clear()
    guard = Guard([web.host])
    async with Visitor(guard, max_bytes=10_000, sleep=note) as visitor:
        yield visitor


async def refused(guest: Visitor, url: str) -> NotVisited:
    with pytest.raises(NotVisited) as error:
        await guest.get(url)
    return error.value


async def test_a_page_comes_with_its_validators(web: Site, guest: Visitor) -> None:
    web.page("/a", "hello", etag='"1"', last_modified="Mon, 23 Nov 2026 08:00:00 GMT")
    visit = await guest.get(f"{web.url}/a")
    assert (visit.status, visit.content_type, visit.body) == (
        200, "text/html; charset=utf-8", b"hello",
    )  # fmt: skip
    assert (visit.etag, visit.last_modified) == ('"1"', "Mon, 23 Nov 2026 08:00:00 GMT")
    assert web.asked[-1].headers["user-agent"].startswith("Ogma/")


async def test_k2_validators_are_sent_back(web: Site, guest: Visitor) -> None:
    def unchanged(asked: Asked) -> Answer:
        return Answer(status=304 if asked.headers.get("if-none-match") == '"1"' else 200)

    web.routes["/a"] = unchanged
    assert (await guest.get(f"{web.url}/a", '"1"', "Mon")).status == 304
    assert web.asked[-1].headers["if-modified-since"] == "Mon"


async def test_k2_a_host_is_asked_once_a_second(web: Site, guest: Visitor) -> None:
    """robots.txt is one of the requests; redirects are, too."""
    web.page("/a", "x")
    web.routes["/b"] = Answer.to("/a")
    await guest.get(f"{web.url}/a")
    await guest.get(f"{web.url}/b")
    assert web.paths() == ["/robots.txt", "/a", "/b", "/a"]
    assert guest.requests == 4
    assert pytest.approx([1.0, 2.0, 3.0], abs=0.4) == SLEPT, "counted from a clock that stands"


async def test_a_longer_pause_is_kept_where_the_site_asks_for_it(web: Site, guest: Visitor) -> None:
    web.routes["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 7")
    await guest.get(f"{web.url}/a")
    await guest.get(f"{web.url}/a")
    assert SLEPT[-1] == pytest.approx(8.0, abs=0.4)


@pytest.mark.parametrize(
    ("robots", "allowed", "closed"),
    [
        (Answer("User-agent: *\nDisallow: /private"), "/a", "/private/x"),
        (Answer("User-agent: *\nDisallow: /\nUser-agent: ogma\nDisallow: /no"), "/a", "/no"),
        (Answer("User-agent: *\nDisallow: /a\nAllow: /a/b"), "/a/b", "/a/c"),
        (Answer("User-agent: *\nDisallow: /*.pdf$"), "/x.pdf?a", "/x.pdf"),
        (Answer("busy", 503), None, "/a"),
        (Answer("gone", 404), "/a", None),
        (Answer("who are you", 403), "/a", None),
        (Answer(b"\xff\xfe\x00nonsense"), "/a", None),
        (Answer(b"User-agent: *\nDisallow: /\n" + b"#" * 600_000), "/a", None),
        (Answer.to("/robots.txt"), "/a", None),
    ],
)
async def test_k2_robots_txt_is_kept(
    web: Site, guest: Visitor, robots: Answer, allowed: str | None, closed: str | None
) -> None:
    """RFC 9309: the longest rule counts; none there allows all, a broken server nothing."""
    web.routes["/robots.txt"] = robots
    if allowed:
        assert (await guest.get(web.url + allowed)).status == 404
    if closed:
        error = await refused(guest, web.url + closed)
        broken = robots.status >= 500
        assert error.cause is (Cause.UNREACHABLE if broken else Cause.ROBOTS)
        assert ("HTTP 503, so nothing may be fetched" in str(error)) == broken
        assert closed not in web.paths()


async def test_a_redirect_does_not_lead_around_robots_txt(web: Site, guest: Visitor) -> None:
    web.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /private")
    web.routes["/open"] = Answer.to("/private")
    assert (await refused(guest, f"{web.url}/open")).cause is Cause.ROBOTS


async def test_p41_a_redirect_inside_is_not_followed(web: Site, guest: Visitor) -> None:
    for target in ("http://169.254.169.254/latest", "file:///etc/passwd", "http://127.0.0.1:1/"):
        web.routes["/a"] = Answer.to(target)
        assert (await refused(guest, f"{web.url}/a")).cause is Cause.REFUSED
    error = await refused(guest, "http://10.0.0.1/")
    assert str(error).startswith("10.0.0.1 is not connected to: 10.0.0.1 is a private address")


async def test_p42_redirects_end(web: Site, guest: Visitor) -> None:
    numbers = itertools.count()
    web.routes["/a"] = lambda asked: Answer.to(f"/a?{next(numbers)}")
    for number in range(20):
        web.routes[f"/a?{number}"] = web.routes["/a"]
    error = await refused(guest, f"{web.url}/a")
    assert (error.cause, str(error)) == (Cause.REDIRECTS, "it redirects more than 5 times")


async def test_p42_an_endless_answer_is_cut_off(web: Site, guest: Visitor) -> None:
    def endless(wire: BaseHTTPRequestHandler) -> None:
        wire.send_response(200)
        wire.end_headers()
        with contextlib.suppress(OSError):
            while True:
                wire.wfile.write(b"x" * 65_536)

    web.streams["/a"] = endless
    assert (await refused(guest, f"{web.url}/a")).cause is Cause.TOO_LARGE


@pytest.mark.parametrize("part", ["headers", "body"])
async def test_p42_a_trickle_is_cut_off(web: Site, part: str) -> None:
    """Slow-loris: every byte comes in time, all of them never do."""

    def trickle(wire: BaseHTTPRequestHandler) -> None:
        wire.send_response(200)
        if part == "headers":
            wire.flush_headers()
        else:
            wire.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(200):
                wire.wfile.write(b"x")
                wire.wfile.flush()
                time.sleep(0.05)

    web.streams["/a"] = web.streams["/robots.txt"] = trickle
    async with Visitor(Guard([web.host]), max_bytes=10_000, deadline_s=0.5) as hasty:
        error = await refused(hasty, f"{web.url}/a")
    assert (error.cause, str(error)) == (Cause.UNREACHABLE, "it does not answer within 0.5 s")


async def test_a_server_that_is_not_there(web: Site, guest: Visitor) -> None:
    guard = Guard(["127.0.0.1:9"])
    async with Visitor(guard, max_bytes=10, sleep=note) as visitor:
        error = await refused(visitor, "http://127.0.0.1:9/")
    assert error.cause is Cause.UNREACHABLE
    assert "cannot be reached" in str(error)


def test_a_pause_beyond_reason_is_shortened() -> None:
    assert Robots("User-agent: *\nCrawl-delay: 86400").delay_s == 30.0
    assert Robots("User-agent: *\nCrawl-delay: x").delay_s == 0.0
