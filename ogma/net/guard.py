"""The guard: httpx clients that look a name up once, check every address, and connect to those.

A client from here refuses before it connects, at the first URL and at every redirect hop. TLS is
checked against the name, not the address. It takes no proxy from the environment, sends no
credentials, and keeps no cookies; nor does it keep connections, which would be shared by address.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Final

import httpx

from ogma.domain.internal_hosts import parse
from ogma.net.addresses import refusal
from ogma.net.places import PORTS, Place, Refused, place_of

Lookup = Callable[[str, int], list[str]]
"""(name, port) to its addresses; raises OSError."""

CONNECT_S: Final = 10.0
_NAME_IT: Final = "; if that host is yours, name it in network.internal_hosts"
_ALONE: Final = httpx.Limits(max_keepalive_connections=0)


@cache
def _trusted() -> ssl.SSLContext:
    """The usual certificates, or SSL_CERT_FILE's; read once, for that takes a while."""
    return httpx.create_ssl_context()


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system gives them; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Decides where requests may go; immutable, usable from any thread."""

    def __init__(self, internal_hosts: Iterable[str] = (), *, lookup: Lookup = look_up) -> None:
        """`internal_hosts`: `name`, `name:port`, `address` or `address:port`, IPv6 in brackets.

        Their private and loopback addresses are open, and with a port, that port too.
        Raises ValueError for an entry that is none of these.
        """
        self._internal = frozenset(parse(entry) for entry in internal_hosts)
        self._lookup = lookup

    def check(self, url: str) -> Place:
        """Where a URL leads, if its spelling, scheme and port pass; looks nothing up.

        Raises Refused.
        """
        place = place_of(url)
        if place.port not in PORTS.values() and (place.host, place.port) not in self._internal:
            raise Refused(
                f"{url} is not followed: of ports only 80 and 443 are open, unless network."
                f"internal_hosts names '{place.host}:{place.port}'."
            )
        return place

    def addresses(self, place: Place) -> list[str]:
        """The addresses to connect to: one look-up, and every one of them has to pass.

        Raises Refused, and OSError where the name is not known.
        """
        found = [place.host] if place.literal else self._lookup(place.host, place.port)
        internal = self.is_internal(place)
        for address in found:
            reason = refusal(address, internal=internal)
            if reason is not None:
                way_out = "" if refusal(address, internal=True) else _NAME_IT
                raise Refused(f"{place.host} is not connected to: {address} is {reason}{way_out}.")
        if not found:
            raise OSError(f"{place.host} has no address")
        return found

    def is_internal(self, place: Place) -> bool:
        """Whether the owner has named this host as internal."""
        return not self._internal.isdisjoint({(place.host, None), (place.host, place.port)})

    def client(
        self,
        *,
        timeout: float = CONNECT_S,
        headers: Mapping[str, str] | None = None,
        verify: ssl.SSLContext | None = None,
    ) -> httpx.Client:
        """A guarded client. `timeout` is for each step; redirects are off unless asked for."""
        transport = GuardedTransport(self, verify)
        return httpx.Client(transport=transport, timeout=timeout, headers=headers, trust_env=False)

    def async_client(
        self,
        *,
        timeout: float = CONNECT_S,
        headers: Mapping[str, str] | None = None,
        verify: ssl.SSLContext | None = None,
    ) -> httpx.AsyncClient:
        """The same for asyncio. For a limit on the whole, use `asyncio.timeout` around a call."""
        transport = AsyncGuardedTransport(self, verify)
        return httpx.AsyncClient(
            transport=transport, timeout=timeout, headers=headers, trust_env=False
        )


class GuardedTransport(httpx.BaseTransport):
    """Connects to checked addresses only."""

    def __init__(self, guard: Guard, verify: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._inner = httpx.HTTPTransport(verify=verify or _trusted(), limits=_ALONE)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send to the first address that takes the connection; raises Refused."""
        place = self._guard.check(str(request.url))
        with _naming(place, request):
            *others, last = self._guard.addresses(place)
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return self._send(_pinned(request, place, address))
        return self._send(_pinned(request, place, last))

    def _send(self, request: httpx.Request) -> httpx.Response:
        return _without_cookies(self._inner.handle_request(request))

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()


class AsyncGuardedTransport(httpx.AsyncBaseTransport):
    """Connects to checked addresses only; the look-up does not hold up the loop."""

    def __init__(self, guard: Guard, verify: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._inner = httpx.AsyncHTTPTransport(verify=verify or _trusted(), limits=_ALONE)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send to the first address that takes the connection; raises Refused."""
        place = self._guard.check(str(request.url))
        with _naming(place, request):
            *others, last = await asyncio.to_thread(self._guard.addresses, place)
        for address in others:
            with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._send(_pinned(request, place, address))
        return await self._send(_pinned(request, place, last))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        return _without_cookies(await self._inner.handle_async_request(request))

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


def _pinned(request: httpx.Request, place: Place, address: str) -> httpx.Request:
    """The same request to an address; the Host header and the name for TLS stay the URL's."""
    name = {} if place.literal else {"sni_hostname": place.host}
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, **name},
    )


def _without_cookies(response: httpx.Response) -> httpx.Response:
    response.headers.pop("set-cookie", None)
    return response


@contextmanager
def _naming(place: Place, request: httpx.Request) -> Iterator[None]:
    """A name that cannot be looked up, as httpx's own error."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{place.host} cannot be looked up ({reason})"
        raise httpx.ConnectError(message, request=request) from error
