"""The real nginx with TLS: which handshakes it takes, what it tells browsers, and where it sends those who ask plainly."""

from __future__ import annotations

import http.client
import shutil
import signal
import socket
import ssl
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dot_copilot.stack.tls import Certificates
from tests.support import http2
from tests.unit.stack.doors import Door, open_door


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A directory every user can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="dot-copilot-secure-door-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def certificates(root: Path) -> Certificates:
    return Certificates(root / "tls")


@pytest.fixture(scope="module")
def door(root: Path, certificates: Certificates) -> Iterator[Door]:
    with open_door(root, certificates) as found:
        yield found


@pytest.fixture
def trust(door: Door, certificates: Certificates) -> ssl.SSLContext:
    """Trusts the home's authority and no other."""
    assert door.port
    return ssl.create_default_context(cafile=str(certificates.authority))


def handshake(port: int, context: ssl.SSLContext, name: str = "localhost") -> tuple[str, str]:
    """The protocol and the cipher that both agree on."""
    with socket.create_connection(("127.0.0.1", port), 10) as raw, context.wrap_socket(raw, server_hostname=name) as secure:
        cipher = secure.cipher()
        assert cipher is not None
        return secure.version() or "", cipher[0]


def ask(port: int, context: ssl.SSLContext, path: str = "/") -> http.client.HTTPResponse:
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(("version", "name"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")])
def test_tls_12_and_13_are_spoken(door: Door, trust: ssl.SSLContext, version: ssl.TLSVersion, name: str) -> None:
    trust.minimum_version = trust.maximum_version = version
    spoken, cipher = handshake(door.port, trust)
    assert spoken == name
    assert "GCM" in cipher or "CHACHA20" in cipher, "authenticated encryption"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_what_is_older_is_refused_by_the_server(door: Door, trust: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    trust.set_ciphers("ALL:@SECLEVEL=0")  # or this client would refuse itself
    trust.minimum_version = trust.maximum_version = version
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        handshake(door.port, trust)


@pytest.mark.parametrize(
    "ciphers", ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"]
)
def test_ciphers_without_forward_secrecy_or_authentication_are_refused(door: Door, trust: ssl.SSLContext, ciphers: str) -> None:
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    trust.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        handshake(door.port, trust)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_the_certificate_is_good_for_each_name_of_this_machine(door: Door, trust: ssl.SSLContext, name: str) -> None:
    assert handshake(door.port, trust, name)[0] == "TLSv1.3"


def test_who_does_not_trust_the_authority_sees_it(door: Door) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(door.port, ssl.create_default_context())


def test_http_2_is_spoken(door: Door, trust: ssl.SSLContext) -> None:
    trust.set_alpn_protocols(["h2"])
    headers = [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/")]
    status, body = http2.ask(door.port, trust, headers)
    assert (status, b"<title>app</title>" in body) == (200, True)


def test_browsers_are_told_to_come_with_tls_for_ten_minutes(door: Door, trust: ssl.SSLContext) -> None:
    """On loopback names only so long: browsers hold it for the host with all its ports."""
    for path in ("/", "/api/v1/x", "/assets/gone.js", "/metrics"):
        assert ask(door.port, trust, path).headers.get_all("Strict-Transport-Security") == ["max-age=600"], path


def test_the_api_hears_how_it_was_asked(door: Door, trust: ssl.SSLContext) -> None:
    door.apis[0].seen.clear()
    ask(door.port, trust, "/api/v1/x")
    assert door.apis[0].seen[-1][2]["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize(
    "path", ["/", "/drivers/42?tab=file&as_of=2026-01-01", "/api/v1/x", "/mcp", "/metrics", "/a/../b", "/%2e/b"]
)
def test_who_asks_plainly_is_sent_to_tls_on_the_same_port(door: Door, path: str) -> None:
    for method in ("GET", "POST"):
        status, headers, _ = door.ask(method, path, b"{}" if method == "POST" else None)
        assert (status, headers["Location"]) == (308, f"https://127.0.0.1:{door.port}{path}")
        assert "Strict-Transport-Security" not in headers, "it would mean nothing over a plain connection (RFC 6797, 7.2)"
        assert headers["Cache-Control"] in ("no-cache", "no-store"), "or the plain stack could not be used again"


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "[::ffff:1]", "LOCALHOST"])
def test_nobody_is_sent_elsewhere(door: Door, host: str) -> None:
    status, headers, _ = door.ask("GET", "/x", headers={"Host": host})
    assert status in (308, 400)
    if status == 308:
        assert headers["Location"] == f"https://localhost:{door.port}/x"


def test_line_breaks_in_a_path_make_no_headers(door: Door) -> None:
    _, headers, _ = door.ask("GET", "/%0d%0aSet-Cookie:%20a=b")
    assert "Set-Cookie" not in headers


def test_a_new_certificate_is_shown_without_a_restart(door: Door, trust: ssl.SSLContext, certificates: Certificates) -> None:
    """As `keep_fresh` does it: renewed, and nginx told to look again."""
    before = shown(door.port, trust)
    assert certificates.ensure(datetime.now(UTC) - timedelta(days=1)) is True, "seen from yesterday it is not good yet"
    door.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while shown(door.port, trust) == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert door.process.poll() is None


def shown(port: int, context: ssl.SSLContext) -> bytes | None:
    with socket.create_connection(("127.0.0.1", port), 10) as raw, context.wrap_socket(raw, server_hostname="localhost") as it:
        return it.getpeercert(binary_form=True)
