"""P41: clients that connect to checked addresses only, at every hop."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from ogma.net.guard import Guard
from ogma.net.places import Refused
from tests.net.loopback import Answer, Site, site

Get = Callable[[Guard, str], httpx.Response]


async def get_async(guard: Guard, url: str) -> httpx.Response:
    async with guard.async_client() as client:
        return await client.get(url, follow_redirects=True)


def get_sync(guard: Guard, url: str) -> httpx.Response:
    with guard.client() as client:
        return client.get(url, follow_redirects=True)


@pytest.fixture(params=[get_sync, get_async])
def get(request: pytest.FixtureRequest) -> Get:
    """A client's GET with redirects followed: the plain and the asynchronous one alike."""
    import asyncio

    if request.param is get_async:
        return lambda guard, url: asyncio.run(get_async(guard, url))
    return get_sync


def telling(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


def test_loopback_is_closed_until_the_owner_names_it(web: Site, get: Get) -> None:
    """P41, K2: private only where it is asked for, and the sentence says how."""
    web.page("/", "hello")
    with pytest.raises(Refused, match=r"network.internal_hosts names '127.0.0.1:"):
        get(Guard(), web.url)
    with pytest.raises(Refused, match=r"loopback address; .* network.internal_hosts"):
        get(Guard(), "http://127.0.0.1/")
    assert web.asked == []
    assert get(Guard([web.host]), web.url).text == "hello"


def test_the_owner_opens_one_port_not_all(web: Site) -> None:
    guard = Guard([web.host, "wiki.internal", "[fd00::1]:8080"])
    for other in ("127.0.0.1:1", "wiki.internal:8080", "[fd00::1]"):
        with pytest.raises(Refused):
            guard.addresses(guard.check(f"http://{other}/"))
    assert guard.addresses(guard.check("http://[fd00::1]:8080/")) == ["fd00::1"]


@pytest.mark.parametrize("entry", ["", "a/b", "127.1", "0x7f.1", "[::1", "a:0", "a:99999", "a b"])
def test_an_entry_that_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Guard([entry])


def test_every_address_of_a_name_has_to_pass(get: Get) -> None:
    """P41: one private address among public ones closes the name; nothing is connected to."""
    guard = Guard(lookup=telling("93.184.216.34", "10.0.0.1"))
    with pytest.raises(Refused, match=r"10\.0\.0\.1 is a private address"):
        get(guard, "http://mixed.example/")


def test_what_the_owner_names_is_still_not_a_metadata_service(get: Get) -> None:
    guard = Guard(["trap.internal"], lookup=telling("169.254.169.254"))
    with pytest.raises(Refused, match=r"metadata service\.$"):
        get(guard, "http://trap.internal/")


def test_a_name_is_looked_up_once_and_pinned(web: Site, get: Get) -> None:
    """P41: rebinding. The second answer of the name server would be another; none is asked for."""
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    guard = Guard([f"twoface.internal:{web.port}"], lookup=lambda host, port: next(answers))
    web.page("/", "pinned")
    assert get(guard, f"http://twoface.internal:{web.port}/").text == "pinned"
    assert web.asked[0].headers["host"] == f"twoface.internal:{web.port}"
    with pytest.raises(Refused, match="metadata"):
        get(guard, f"http://twoface.internal:{web.port}/")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://2130706433/",
        "http://[::ffff:127.0.0.1]/",
        "http://user:pass@example.com/",
        "http://example.com:22/",
        "//10.0.0.1/",
    ],
)
def test_every_redirect_is_checked(web: Site, get: Get, target: str) -> None:
    """P41: a public page that leads inside ends there."""
    web.routes["/"] = Answer.to(target)
    with pytest.raises(Refused):
        get(Guard([web.host], lookup=telling("127.0.0.1")), web.url)
    assert len(web.asked) == 1


def test_a_redirect_to_a_file_is_not_followed(web: Site, get: Get) -> None:
    web.routes["/"] = Answer.to("file:///etc/passwd")
    with pytest.raises((Refused, httpx.UnsupportedProtocol)):
        get(Guard([web.host]), web.url)


def test_the_next_address_is_tried_where_one_takes_no_connection(web: Site, get: Get) -> None:
    guard = Guard([f"two.internal:{web.port}"], lookup=telling("127.0.0.2", "127.0.0.1"))
    web.page("/", "second")
    assert get(guard, f"http://two.internal:{web.port}/").text == "second"


def test_an_unknown_name_is_an_ordinary_connection_error(get: Get) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(httpx.ConnectError, match=r"nowhere\.example cannot be looked up"):
        get(Guard(lookup=unknown), "http://nowhere.example/")


def test_no_proxy_no_credentials_no_cookies(
    web: Site, get: Get, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """P41: what the environment says of proxies and passwords counts for nothing."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1")
    monkeypatch.setitem(os.environ, "NETRC", str(netrc))
    web.routes["/"] = Answer(status=302, headers={"location": "/b", "set-cookie": "a=b; Path=/"})
    web.page("/b", "arrived")
    assert get(Guard([web.host]), web.url).text == "arrived"
    assert [sorted({"cookie", "authorization"} & asked.headers.keys()) for asked in web.asked] == [
        [],
        [],
    ]


async def test_a_body_can_be_posted(web: Site) -> None:
    """Q8: a webhook's client sends bytes and its own headers."""
    web.routes["/hook"] = Answer("ok")
    async with Guard([web.host]).async_client(headers={"user-agent": "Ogma"}) as client:
        answer = await client.post(f"{web.url}/hook", content=b"{}", headers={"x-signature": "s"})
    assert answer.status_code == 200
    (asked,) = web.asked
    assert (asked.method, asked.body, asked.headers["x-signature"]) == ("POST", b"{}", "s")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for tls.internal, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not on this machine")
    pem = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=tls.internal"),
            *("-addext", "subjectAltName=DNS:tls.internal", "-keyout", pem, "-out", f"{pem}.crt"),
        ],
        check=True,
        capture_output=True,
    )
    with pem.open("a") as both:
        both.write(Path(f"{pem}.crt").read_text())
    return pem


@pytest.fixture
def secure_web(certificate: Path) -> Iterator[Site]:
    """A server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with site(context) as served:
        yield served


async def test_tls_is_checked_against_the_name(secure_web: Site, certificate: Path) -> None:
    """P41: pinning an address weakens no certificate check."""
    trust = ssl.create_default_context(cafile=f"{certificate}.crt")
    names = [f"{name}.internal:{secure_web.port}" for name in ("tls", "other")]
    guard = Guard(names, lookup=telling("127.0.0.1"))
    secure_web.page("/", "over TLS")
    async with guard.async_client(verify=trust) as client:
        assert (await client.get(f"https://{names[0]}/")).text == "over TLS"
        with pytest.raises(httpx.ConnectError, match="certificate"):
            await client.get(f"https://{names[1]}/")
    async with guard.async_client() as client:
        with pytest.raises(httpx.ConnectError, match="certificate"):
            await client.get(f"https://{names[0]}/")
