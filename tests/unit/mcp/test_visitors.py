"""The memory of gateway tokens: a token is read once, refused when it has run out, and forgotten."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.tokens import INTERNAL_AUDIENCE, OAUTH_TYPE, KeyRing
from dot_copilot.mcp.server import visitor
from dot_copilot.mcp.server.visitor import Visitors
from tests.support.servers import make_secrets

_KEYS = make_secrets()["jwt_signing_keys"]
_GATEWAY = KeyRing(_KEYS, issuer="http://localhost", audience=INTERNAL_AUDIENCE)
_API = KeyRing(_KEYS, issuer="http://localhost")


def token(seconds: int = 120) -> bytes:
    """The header of a request by somebody new."""
    caller = Caller(uuid4(), uuid4(), uuid4(), Role.AUDITOR, 1, int(time.time()) + seconds, via="mcp:Claude")
    return f"Bearer {_GATEWAY.issue(caller, typ=OAUTH_TYPE, extra={'scope': 'drivers:read audit:read'})}".encode()


def test_a_token_becomes_a_visitor_with_a_token_of_the_api() -> None:
    visitors, header = Visitors(_GATEWAY, _API), token()
    found = visitors.of([(b"authorization", header)])
    assert found.scopes == {"drivers:read", "audit:read"}
    assert visitors.of([(b"authorization", header)]) is found
    shown = found.authorization.removeprefix(b"Bearer ").decode()
    assert shown.encode() not in header
    assert _API.verify(shown, time.time()) == found.caller


def test_a_token_that_runs_out_is_refused_though_it_is_known() -> None:
    now = time.time()
    visitors, header = Visitors(_GATEWAY, _API, lambda: now), token(60)
    visitors.of([(b"authorization", header)])
    now += 61
    for _ in range(2):
        with pytest.raises(Unauthorized, match="run out"):
            visitors.of([(b"authorization", header)])


def test_other_headers_are_refused() -> None:
    visitors = Visitors(_GATEWAY, _API)
    for sent in (b"", b"Bearer", b"Bearer ", b"Basic eA==", b"Bearer \xff\xfe", b"Bearer a.b.c", token()[:-3]):
        with pytest.raises(Unauthorized):
            visitors.of([(b"authorization", sent)])


def test_the_memory_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expired tokens go first; when all are fresh, all go rather than growing."""
    monkeypatch.setattr(visitor, "_MOST_KNOWN", 4)
    now = time.time()
    visitors = Visitors(_GATEWAY, _API, lambda: now)
    lasting = token(3600)
    kept = visitors.of([(b"authorization", lasting)])
    for _ in range(3):
        visitors.of([(b"authorization", token(120))])
    now += 121
    visitors.of([(b"authorization", token(3600))])
    assert visitors.of([(b"authorization", lasting)]) is kept
    assert len(visitors._known) == 2
    for _ in range(20):
        visitors.of([(b"authorization", token(3600))])
        assert len(visitors._known) <= 4
