"""Azure on this machine: App Service's identity endpoint and two Key Vaults, for the real SDK to talk to."""

from __future__ import annotations

import base64
import contextlib
import http.server
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HEADER = "the header's secret"


@dataclass
class Certificate:
    """A certificate of 127.0.0.1 that signs itself, as files."""

    pem: Path
    key: Path


def make_certificate(directory: Path) -> Certificate:
    """A certificate for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = directory / "certificate.pem", directory / "certificate-key"
    pem.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Certificate(pem, private)


def token(audience: str, until: float, **claims: object) -> str:
    """A token of the shape that Entra gives; nobody here checks its signature."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    said = {
        "aud": audience,
        "iss": "https://sts.windows.net/tenant/",
        "nbf": int(until) - 7200,
        "iat": int(until) - 7200,
        **claims,
    }
    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part({**said, 'exp': int(until)})}.{part('signature')}"


@dataclass
class Cloud:
    """What the stand-ins know and were asked. `seconds` is a token's life; `failing` is what every vault answers."""

    seconds: float = 3600
    vaults: dict[str, dict[str, str]] = field(default_factory=lambda: {"platform": {}, "people": {}})
    deleted: dict[str, dict[str, str]] = field(default_factory=lambda: {"platform": {}, "people": {}})
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[tuple[str, str]] = field(default_factory=list)
    failing: int = 0
    identity_fails: bool = False
    identity: str = ""
    vault_urls: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What App Service sets for a process with a managed identity."""
        return {"IDENTITY_ENDPOINT": f"{self.identity}/msi/token", "IDENTITY_HEADER": HEADER, "AZURE_CLIENT_ID": "the client"}


class _Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: object = None, headers: dict[str, str] | None = None) -> None:
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        return None


def _identity(cloud: Cloud) -> type[_Quiet]:
    class Identity(_Quiet):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            if self.headers.get("X-IDENTITY-HEADER") != HEADER or query.get("client_id") != "the client":
                return self.answer(400, {"statusCode": 400, "message": "no such identity"})
            if cloud.identity_fails:
                return self.answer(500, {"statusCode": 500, "message": "try later"})
            until = time.time() + cloud.seconds
            cloud.tokens.append((query["resource"], token(query["resource"], until)))
            said = {"access_token": cloud.tokens[-1][1], "expires_on": str(int(until)), "token_type": "Bearer"}
            return self.answer(200, {**said, "resource": query["resource"]})

    return Identity


class _Vault(_Quiet):
    """One vault of `cloud`, called `which`."""

    cloud: Cloud
    which: str

    def _bundle(self, name: str, value: str) -> dict[str, Any]:
        url = self.cloud.vault_urls[self.which]
        return {"value": value, "id": f"{url}/secrets/{name}/1", "attributes": {"enabled": True}}

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "Authorization" not in self.headers:
            challenge = 'Bearer authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"'
            return self.answer(401, {"error": {"code": "Unauthorized"}}, {"WWW-Authenticate": challenge})
        assert self.headers["Authorization"].removeprefix("Bearer ") in {given for _, given in self.cloud.tokens}
        kind, name, *rest = urlsplit(self.path).path.strip("/").split("/")
        self.cloud.asked.append((self.command, f"{self.which}/{kind}/{name}"))
        if self.cloud.failing:
            return self.answer(self.cloud.failing, {"error": {"code": "Failed", "message": "as the test wants it"}})
        return self.answer(*(self._secret(name, body) if kind == "secrets" else self._deleted(name, rest)))

    do_GET = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815 - http.server's names

    def _secret(self, name: str, body: bytes) -> tuple[int, object]:
        live, gone = self.cloud.vaults[self.which], self.cloud.deleted[self.which]
        if self.command == "PUT" and name in gone:
            return 409, {"error": {"code": "Conflict", "innererror": {"code": "ObjectIsDeletedButRecoverable"}}}
        if self.command == "PUT":
            live[name] = json.loads(body)["value"]
        if name not in live:
            return 404, {"error": {"code": "SecretNotFound", "message": "no such secret"}}
        found = self._bundle(name, live[name])
        if self.command == "DELETE":
            gone[name] = live.pop(name)
            return 200, {**found, "recoveryId": f"{self.cloud.vault_urls[self.which]}/deletedsecrets/{name}"}
        return 200, found

    def _deleted(self, name: str, rest: list[str]) -> tuple[int, object]:
        live, gone = self.cloud.vaults[self.which], self.cloud.deleted[self.which]
        if name not in gone:
            return 404, {"error": {"code": "SecretNotFound", "message": "no such deleted secret"}}
        if rest[:1] == ["recover"]:
            live[name] = gone.pop(name)
            return 200, self._bundle(name, "")
        if self.command == "DELETE":
            del gone[name]
            return 204, None
        return 200, self._bundle(name, gone[name])


def _vault(cloud: Cloud, which: str) -> type[_Quiet]:
    return type("Vault", (_Vault,), {"cloud": cloud, "which": which})


@contextlib.contextmanager
def running_cloud(certificate: Certificate) -> Iterator[Cloud]:
    """The identity endpoint (plain, as on App Service) and the vaults (with TLS)."""
    cloud = Cloud()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.pem, certificate.key)
    with contextlib.ExitStack() as running:
        cloud.identity = f"http://127.0.0.1:{running.enter_context(_serving(_identity(cloud), None))}"
        for which in cloud.vaults:
            cloud.vault_urls[which] = f"https://127.0.0.1:{running.enter_context(_serving(_vault(cloud, which), context))}"
        yield cloud


@contextlib.contextmanager
def _serving(handler: type[_Quiet], context: ssl.SSLContext | None) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
