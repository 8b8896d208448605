"""HTTP requests to servers that are not ours, within bounds of time and size."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from functools import cached_property

import httpx

from dot_copilot.core.ports import Fetched, OutsideError
from dot_copilot.core.telemetry.clients import http_call

_SECONDS = 5.0
# IPv4 addresses in the clothes of IPv6 ones: 6to4 (RFC 3056) and NAT64 (RFC 6052, RFC 8215) reach whatever they embed.
_DISGUISED = tuple(map(ipaddress.ip_network, ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48")))


class HttpOutside:
    """One client each for servers we know (which may be behind a proxy of ours) and for those a stranger names (never)."""

    @cached_property
    def _known(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)

    @cached_property
    def _direct(self) -> httpx.AsyncClient:
        # No connection is kept: to an address it would be used again for another host name, whose certificate nobody checked.
        fresh = httpx.Limits(max_connections=20, max_keepalive_connections=0)
        return httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False, limits=fresh)

    async def get(self, url: str, *, headers: Mapping[str, str], limit: int) -> Fetched:
        host = httpx.URL(url).host
        client = self._direct if host == "localhost" or _is_loopback(host) else self._known
        return await self._send(client, client.build_request("GET", url, headers=dict(headers)), limit)

    async def get_untrusted(self, url: str, *, limit: int, loopback: bool) -> Fetched:
        target = httpx.URL(url)
        try:
            async with asyncio.timeout(_SECONDS):
                address = await _resolve(target.host, target.port or (443 if target.scheme == "https" else 80), loopback)
        except TimeoutError:
            raise OutsideError("its host name was not resolved in time") from None
        # Connected to the address that was checked: a second look-up could give another one (DNS rebinding).
        request = self._direct.build_request(
            "GET",
            target.copy_with(host=address),
            headers={"Host": target.netloc.decode(), "Accept": "application/json"},
            extensions={"sni_hostname": target.host},
        )
        return await self._send(self._direct, request, limit)

    async def _send(self, client: httpx.AsyncClient, request: httpx.Request, limit: int) -> Fetched:
        # Whoever is asked is not told which trace it is for, and telemetry is not told who is asked.
        try:
            with http_call("github" if request.url.host.endswith("github.com") else "outside", request.method) as call:
                # A timeout of httpx begins anew with each read; this one bounds a server that trickles.
                async with asyncio.timeout(_SECONDS):
                    answer, body = await _read(client, request, limit)
                call.status = answer.status_code
        except TimeoutError:
            raise OutsideError(f"it did not answer within {_SECONDS:.0f} seconds") from None
        except httpx.HTTPError as error:
            raise OutsideError(f"it can't be reached ({type(error).__name__})") from None
        return Fetched(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body)

    async def close(self) -> None:
        for name in ("_known", "_direct"):
            if name in self.__dict__:  # made when it was needed first
                await getattr(self, name).aclose()


async def _read(client: httpx.AsyncClient, request: httpx.Request, limit: int) -> tuple[httpx.Response, bytes]:
    answer = await client.send(request, stream=True)
    body = b""
    try:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > limit:
                raise OutsideError(f"its answer has more than {limit:,} bytes")
    finally:
        await answer.aclose()
    return answer, body


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _resolve(host: str, port: int, loopback: bool) -> str:
    """The first address of `host`, if all of them may be asked: a name that has one inner address is not asked at all."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutsideError("its host name can't be resolved") from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        inner = getattr(address, "ipv4_mapped", None) or address
        if loopback and inner.is_loopback:
            continue
        if not inner.is_global or inner.is_multicast or any(inner in network for network in _DISGUISED):
            raise OutsideError("its host is inside a private network")
    if not addresses:
        raise OutsideError("its host name can't be resolved")
    return str(addresses[0])
