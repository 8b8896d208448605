"""Host and Origin, challenges, and what never reaches a log."""

from __future__ import annotations

import logging
import sys

import pytest

from dot_copilot.core.redaction import MARK, Redaction, redact
from dot_copilot.logs import JsonFormatter
from dot_copilot.mcp.gateway.guard.challenge import challenge
from dot_copilot.mcp.gateway.guard.origins import Doors
from dot_copilot.mcp.gateway.ports import Refused

DOORS = Doors("https://copilot.example.com", ["inner.example:9000", "any.example"], ["https://app.example"])


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (b"localhost:8080", b""),
        (b"127.0.0.1", b"http://localhost:3000"),
        (b"[::1]:8080", b"http://[::1]:8080"),
        (b"copilot.example.com", b"https://copilot.example.com"),
        (b"COPILOT.example.com", b"https://app.example"),
        (b"inner.example:9000", b""),
        (b"any.example:81", b""),
    ],
)
def test_the_known_are_let_in(host: bytes, origin: bytes) -> None:
    assert DOORS.refusal(host, origin) is None
    assert DOORS.refusal(host, origin) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (b"", b""),
        (b"evil.example", b""),
        (b"evil.example:8080", b"http://localhost:8080"),
        (b"localhost.evil.example", b""),
        (b"localhost:8080", b"http://evil.example"),
        (b"localhost:8080", b"null"),
        (b"localhost:8080", b"http://localhost.evil.example"),
        (b"localhost:8080", b"http://localhost:80@evil.example"),
        (b"localhost:8080", b"https://app.example.evil.example"),
        (b"localhost:8080", b"file://localhost"),
        (b"inner.example:9001", b""),
        (b"localhost:port", b""),
        (b"\xff\xfe", b""),
    ],
)
def test_rebound_names_and_strange_pages_are_not(host: bytes, origin: bytes) -> None:
    assert DOORS.refusal(host, origin)


def test_a_challenge_points_to_the_metadata() -> None:
    url = "http://localhost:8080"
    where = 'Bearer resource_metadata="http://localhost:8080/.well-known/oauth-protected-resource/mcp"'
    assert challenge(Refused(401, "", "Connect first."), url) == where
    expired = challenge(Refused(401, "invalid_token", 'It has "expired"\r\nX-Evil: 1'), url)
    assert expired == f'{where}, error="invalid_token", error_description="It has \'expired\'??X-Evil: 1"'
    scopes = challenge(Refused(403, "insufficient_scope", "More.", ["a:read", "b:write"]), url)
    assert scopes.endswith('scope="a:read b:write"')


JWT = "eyJhbGciOiJFZERTQSIsImtpZCI6InRlc3QifQ.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
SECRETS = [
    (f"Authorization: Bearer {JWT}", JWT),
    (f"token {JWT} was refused", JWT),
    ("{'Authorization': 'Basic dXNlcjpwYXNzd29yZA=='}", "dXNlcjpwYXNzd29yZA=="),
    ("GITHUB_PERSONAL_ACCESS_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    ("bad github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz", "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"),
    ('{"refresh_token": "abc.DEF-123_xyz", "a": 1}', "abc.DEF-123_xyz"),
    ("grant_type=refresh_token&refresh_token=q1w2e3r4&client_id=x", "q1w2e3r4"),
    ("code_verifier=aaaabbbbccccdddd", "aaaabbbbccccdddd"),
    ("X-Vault-Token: hvs.CAESIAbcdefghijklmnopqrstuvwxyz", "hvs.CAESIAbcdefghijklmnopqrstuvwxyz"),
    ("password='hunter2hunter2'", "hunter2hunter2"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_secrets_are_cut_out_of_messages_and_tracebacks(text: str, secret: str) -> None:
    clean = redact(text)
    assert secret not in clean
    assert MARK in clean
    try:
        raise ValueError(text)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it failed: %s", (text,), sys.exc_info())
    assert Redaction().filter(record)
    line = JsonFormatter().format(record)
    assert secret not in line
    assert "ValueError" in line


@pytest.mark.parametrize(
    "text", ["GET /mcp 200", "upstream github is ready with 42 tools", "the access token has expired", "tokens/sec: 12", "bearer"]
)
def test_ordinary_messages_stay_as_they_are(text: str) -> None:
    assert redact(text) == text
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%d%% of %s", (5, text), None)
    assert Redaction().filter(record)
    assert record.args == (5, text)
