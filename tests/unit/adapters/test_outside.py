"""Asking servers that a stranger names: at the address that was checked, under the name that was named."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from dot_copilot.adapters.outside.http import HttpOutside
from dot_copilot.core.ports import OutsideError

pytestmark = pytest.mark.asyncio


def certificate(host: str, folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate of `host`, and its key."""
    key, name = Ed25519PrivateKey.generate(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, None)
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


@contextlib.asynccontextmanager
async def https_site(host: str, folder: Path) -> AsyncIterator[tuple[HttpOutside, int, list[bytes]]]:
    """A server on this machine with a certificate of `host`, an adapter that trusts it, and what it was asked."""
    public, private = certificate(host, folder)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(public, private)
    asked: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: x\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=serving)
    outside = HttpOutside()
    trusting = ssl.create_default_context(cafile=str(public))
    outside.__dict__["_direct"] = httpx.AsyncClient(verify=trusting, trust_env=False, timeout=5)
    async with server:
        yield outside, server.sockets[0].getsockname()[1], asked
    await outside.close()


class Names:
    """A name server: each look-up of a host takes the next of its addresses."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): list(values) for name, values in addresses.items()}
        self.asked = 0

    async def getaddrinfo(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked += 1
        try:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(ipaddress.ip_address(host)), port))]
        except ValueError:
            pass
        if not self.addresses.get(host):
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.addresses[host].pop(0), port))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names(client_example=["127.0.0.1", "10.0.0.1"], evil_example=["127.0.0.1"], inner_example=["10.1.2.3"])

    async def look_up(_loop: object, host: Any, port: Any, **more: Any) -> list[Any]:
        return await made.getaddrinfo(host, port, **more)

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look_up)
    return made


async def test_the_certificate_is_that_of_the_name_and_the_address_the_one_that_was_checked(tmp_path: Path, names: Names) -> None:
    async with https_site("client.example", tmp_path) as (outside, port, asked):
        answer = await outside.get_untrusted(f"https://client.example:{port}/client.json", limit=100, loopback=True)
        assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"{}", "x")
        assert f"Host: client.example:{port}".encode() in asked[0]
        with pytest.raises(OutsideError, match="can't be reached"):
            await outside.get_untrusted(f"https://evil.example:{port}/client.json", limit=100, loopback=True)
        assert len(asked) == 1


async def test_a_name_of_an_inner_address_is_not_asked(names: Names) -> None:
    outside = HttpOutside()
    with pytest.raises(OutsideError, match="inside a private network"):
        await outside.get_untrusted("https://inner.example/", limit=100, loopback=True)
    with pytest.raises(OutsideError, match="inside a private network"):
        await outside.get_untrusted("https://client.example/", limit=100, loopback=False)
    with pytest.raises(OutsideError, match="can't be resolved"):
        await outside.get_untrusted("https://nowhere.example/", limit=100, loopback=True)
    await outside.close()


@pytest.mark.parametrize(
    "host", ["224.0.0.1", "255.255.255.255", "0.0.0.0", "198.18.0.1", "169.254.169.254", "[fe80::1]", "[::]"]
)
async def test_addresses_that_are_nobodys_server(host: str) -> None:
    outside = HttpOutside()
    with pytest.raises(OutsideError, match="inside a private network"):
        await outside.get_untrusted(f"http://{host}/", limit=100, loopback=True)
    await outside.close()
