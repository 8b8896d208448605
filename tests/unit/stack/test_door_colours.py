"""Two colours behind one door: everybody is sent to the one that serves, and neither tells anybody its metrics."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dot_copilot.stack.colours import BLUE, GREEN
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.tls import Certificates
from tests.support import http2, plain_http
from tests.support.ways_in import MARKS, PATHS, requests
from tests.unit.stack.doors import Door, open_door


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A directory every user can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="dot-copilot-colours-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module", params=["plain", "tls"])
def certificates(root: Path, request: pytest.FixtureRequest) -> Certificates | None:
    return Certificates(root / "tls") if request.param == "tls" else None


@pytest.fixture(scope="module")
def door(root: Path, certificates: Certificates | None) -> Iterator[Door]:
    own = root / ("plain" if certificates is None else "secure")
    own.mkdir()
    with open_door(own, certificates) as found:
        yield found


@pytest.fixture
def client(door: Door, certificates: Certificates | None) -> Iterator[httpx.Client]:
    """Somebody outside, on connections that are kept open."""
    kind, trust = ("http", True) if certificates is None else ("https", http2.trusting(certificates.authority, "http/1.1"))
    with httpx.Client(base_url=f"{kind}://localhost:{door.port}", verify=trust, trust_env=False, timeout=10) as made:
        yield made


def turn(door: Door, colour: str) -> None:
    with asyncio.Runner() as runner:
        runner.run(door.switch.turn(colour))


def served(door: Door, client: httpx.Client, path: str) -> str:
    """The colour whose process answers."""
    for api in door.apis:
        api.seen.clear()
    assert client.get(path).status_code == 200
    (found,) = [colour for colour, api in zip((BLUE, GREEN), door.apis, strict=True) if api.seen]
    return found


def test_everybody_is_sent_where_the_switch_says_without_a_reload(door: Door, client: httpx.Client) -> None:
    for colour in (GREEN, BLUE, GREEN, BLUE):
        turn(door, colour)
        assert [served(door, client, path) for path in ("/api/v1/x", "/mcp", "/oauth/x", "/readyz")] == [colour] * 4
        assert "<title>app</title>" in client.get("/drivers").text
    assert door.process.poll() is None


@pytest.mark.parametrize("colour", [BLUE, GREEN])
def test_whichever_serves_no_way_leads_to_metrics(
    door: Door, certificates: Certificates | None, client: httpx.Client, colour: str
) -> None:
    """The upstreams of this test would tell, on the very port that nginx talks to."""
    turn(door, colour)
    assert served(door, client, "/api/v1/x") == colour
    ports = [door.metrics_port, *(api.server_port for api in door.apis)]
    for port in ports:
        told = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).content
        assert any(mark in told for mark in MARKS), "or this test would prove nothing"
    trust = True if certificates is None else http2.trusting(certificates.authority, "http/1.1")
    answers = {sent: plain_http.send(door.port, sent, trust) for sent in requests(ports)}
    assert [sent for sent, answer in answers.items() if any(mark in answer for mark in MARKS)] == []
    if certificates is not None:
        for path in PATHS:
            headers = [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", path)]
            status, body = http2.ask(door.port, http2.trusting(certificates.authority, "h2"), headers)
            assert not [mark for mark in MARKS if mark in body], (path, status)


def test_nobody_outside_turns_the_switch(door: Door, client: httpx.Client) -> None:
    turn(door, BLUE)
    key = door.switch._key  # even who had it would find no way
    for path in ("/colour?to=green", "//colour?to=green", "/api/../colour?to=green", "/metrics/../colour?to=green"):
        client.post(path, headers={"X-Key": key})
        client.get(path, headers={"X-Key": key})
    for headers in ({}, {"X-Key": ""}, {"X-Key": "guessed"}):
        assert door.ask("POST", "/colour?to=green", headers=headers, port=door.metrics_port)[0] == 404
    rebound = {"X-Key": key, "Host": "evil.example"}
    assert door.ask("POST", "/colour?to=green", headers=rebound, port=door.metrics_port)[0] == 421
    assert served(door, client, "/api/v1/x") == BLUE


@pytest.mark.parametrize("colour", ["red", "", "green%20"])
def test_a_colour_that_is_none_is_refused(door: Door, client: httpx.Client, colour: str) -> None:
    turn(door, BLUE)
    with pytest.raises(StackError):
        turn(door, colour)
    assert served(door, client, "/api/v1/x") == BLUE
