"""The real nginx with our configuration, in front of two small upstreams."""

from __future__ import annotations

import gzip
import http.client
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.stack.doors import Door, open_door


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A directory every user can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="dot-copilot-door-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def door(root: Path) -> Iterator[Door]:
    with open_door(root) as found:
        yield found


def problem(answer: tuple[int, http.client.HTTPMessage, bytes]) -> dict[str, object]:
    status, headers, body = answer
    assert headers["Content-Type"] == "application/problem+json"
    found: dict[str, object] = json.loads(body)
    assert found["status"] == status
    assert str(found["type"]).startswith("https://dot-copilot.dev/problems/")
    return found


def test_pages_are_asked_for_again_and_hashed_files_never(door: Door) -> None:
    for path in ("/", "/drivers/42", "/index.html"):
        status, headers, body = door.ask("GET", path)
        assert (status, headers["Cache-Control"]) == (200, "no-cache"), path
        assert b"<title>app</title>" in body
    status, headers, _ = door.ask("GET", "/assets/index-abc123.js")
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    missing = door.ask("GET", "/assets/gone.js")
    assert problem(missing)["status"] == 404
    assert missing[1]["Cache-Control"] == "no-cache"


def test_every_answer_carries_the_security_headers_once(door: Door) -> None:
    for path in ("/", "/assets/index-abc123.js", "/api/v1/x", "/metrics", "/assets/gone.js"):
        _, headers, _ = door.ask("GET", path)
        assert headers.get_all("X-Content-Type-Options") == ["nosniff"], path
        assert headers.get_all("Referrer-Policy") == ["same-origin"]
        assert headers.get_all("X-Frame-Options") == ["DENY"]
        assert "camera=(self)" in headers["Permissions-Policy"]
        (policy,) = headers.get_all("Content-Security-Policy") or []
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self';" in policy or "default-src 'none'" in policy
        assert headers["Server"] == "nginx", "no version"


def test_documents_may_be_shown_inside_our_own_pages(door: Door) -> None:
    _, headers, _ = door.ask("GET", "/api/v1/documents/1/content")
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_what_the_api_says_itself_wins(door: Door) -> None:
    _, headers, _ = door.ask("GET", "/api/v1/own")
    assert headers.get_all("Content-Security-Policy") == ["default-src 'none'; own"]
    assert headers.get_all("Cache-Control") == ["private, max-age=5"]
    _, headers, _ = door.ask("GET", "/api/v1/x")
    assert headers.get_all("Cache-Control") == ["no-store"]


def test_text_and_json_are_compressed(door: Door) -> None:
    for path in ("/api/v1/rows", "/assets/index-abc123.js"):
        _, headers, body = door.ask("GET", path, headers={"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] == "gzip", path
        assert len(body) < len(gzip.decompress(body)) / 10


def test_a_process_that_is_not_there_costs_nobody_a_request(door: Door) -> None:
    answers = [door.ask(method, "/api/v1/x", body)[0] for method, body in (("GET", None), ("POST", b"{}"), ("PUT", b"{}"))] * 3
    assert set(answers) == {200}, "never reached, so even what changes something may be repeated"


def test_what_may_have_happened_is_not_repeated(door: Door) -> None:
    api = door.apis[0]
    api.seen.clear()
    assert problem(door.ask("POST", "/api/v1/die", b"{}"))["status"] == 502
    assert [seen[:2] for seen in api.seen] == [("POST", "/api/v1/die")]
    assert door.ask("GET", "/api/v1/x")[0] == 200, "one failure takes nobody out of service"


def test_the_client_cannot_say_where_it_comes_from(door: Door) -> None:
    api = door.apis[0]
    api.seen.clear()
    lies = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https", "X-Real-IP": "10.9.8.7", "Forwarded": "for=10.9.8.7"}
    _, answer, _ = door.ask("GET", "/api/v1/x", headers=lies)
    (_, _, headers) = api.seen[-1]
    assert headers["X-Forwarded-For"] == headers["X-Real-Ip" if "X-Real-Ip" in headers else "X-Real-IP"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert "10.9.8.7" not in str(headers)
    assert len(answer["X-Request-Id"]) == 32


TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize("path", ["/api/v1/x", "/mcp"])
def test_a_callers_trace_goes_on_and_is_told(door: Door, path: str) -> None:
    api = door.apis[0]
    api.seen.clear()
    sent = f"00-{TRACE}-{SPAN}-01"
    _, answer, _ = door.ask("POST", path, b"{}", headers={"traceparent": sent, "tracestate": "dot=1,other=x"})
    seen = {name.lower(): value for name, value in api.seen[-1][2].items()}
    assert (seen["traceparent"], seen["x-request-id"], answer["X-Request-Id"]) == (sent, TRACE, TRACE)
    assert "tracestate" not in seen, "what our own processes note of a trace can't come from outside"


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "nonsense",
        f"00-{TRACE}-{SPAN}",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"01-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-x",
        f'00-{TRACE}-{SPAN}-01"}}\\',
    ],
)
def test_without_a_valid_one_a_trace_begins_here(door: Door, sent: str | None) -> None:
    api = door.apis[0]
    api.seen.clear()
    _, answer, _ = door.ask("GET", "/api/v1/x", headers={"traceparent": sent} if sent else {})
    made = {name.lower(): value for name, value in api.seen[-1][2].items()}["traceparent"]
    trace_id = answer["X-Request-Id"]
    assert made == f"00-{trace_id}-{trace_id[:16]}-00"
    assert len(trace_id) == 32
    assert trace_id != TRACE


def test_errors_of_the_door_and_its_log_name_the_trace(door: Door) -> None:
    missing = door.ask("GET", "/metrics", headers={"traceparent": f"00-{TRACE}-{SPAN}-00"})
    assert problem(missing)["trace_id"] == TRACE == missing[1]["X-Request-Id"]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        lines = [json.loads(line) for line in (door.home.logs / "nginx-access.log").read_text().splitlines()]
        if any(line["trace"] == TRACE and line["path"] == "/metrics" for line in lines):
            return
        time.sleep(0.1)
    raise AssertionError("the log does not name the trace")


def test_a_body_too_large_is_a_problem(door: Door) -> None:
    found = problem(door.ask("POST", "/api/v1/roster-imports", b"x" * (1 << 20 | 1)))
    assert found["type"] == "https://dot-copilot.dev/problems/too-large"
    assert door.ask("POST", "/api/v1/roster-imports", b"x" * (1 << 20))[0] == 200


@pytest.mark.parametrize("path", ["/metrics", "/metrics/x", "/mcp/", "/mcp/x", "/internal", "/internal/mcp"])
def test_reserved_paths_answer_nothing(door: Door, path: str) -> None:
    assert problem(door.ask("GET", path))["status"] == 404


def test_assistants_and_their_clients_are_let_through_as_they_are(door: Door) -> None:
    api = door.apis[0]
    api.seen.clear()
    headers = {"Host": "rebound.example", "Origin": "http://evil.example", "Mcp-Name": "x", "Content-Type": "application/json"}
    status, answer, body = door.ask("POST", "/mcp", b'{"id":1}', headers)
    assert (status, body) == (200, b'{"id":1}')
    assert answer["Cache-Control"] == "no-store"
    seen = api.seen[-1][2]
    assert {name: seen[name] for name in headers} == headers, "the gateway judges Host and Origin itself"
    wanted = ("/oauth/token", "/oauth/register", "/.well-known/oauth-authorization-server")
    more = ("/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp")
    for path in (*wanted, *more):
        assert door.ask("GET", path)[0] == 200
        assert api.seen[-1][1] == path


def test_an_event_stream_arrives_as_it_is_sent(door: Door) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)
    began = time.monotonic()
    connection.request("POST", "/mcp", b"{}", {"Mcp-Method": "listen", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.readline() == b"data: 0\n"
    assert time.monotonic() - began < 0.4, "before the second event was sent"
    assert answer.headers["Content-Encoding"] is None
    assert b"data: 1" in answer.read()
    connection.close()


def rpc_error(answer: tuple[int, http.client.HTTPMessage, bytes]) -> str:
    _, headers, body = answer
    assert headers["Content-Type"] == "application/json"
    found: dict[str, dict[str, str]] = json.loads(body)
    return found["error"]["message"]


def test_errors_of_the_door_are_json_rpc_where_clients_expect_that(door: Door) -> None:
    large = door.ask("POST", "/mcp", b"x" * 65537)
    assert large[0] == 413
    assert "larger" in rpc_error(large)
    api = door.apis[0]
    api.seen.clear()
    dead = door.ask("POST", "/mcp", b"{}", {"Mcp-Method": "die"})
    assert dead[0] == 502
    assert "may have run" in rpc_error(dead)
    assert len(api.seen) == 1, "what may have run is not repeated"
    assert {door.ask("POST", "/mcp", b"{}")[0] for _ in range(6)} == {200}, "a process that is not there costs no message"


def test_too_many_sign_ins_are_refused_politely(door: Door) -> None:
    answers = [door.ask("POST", "/api/v1/auth/login", b"{}") for _ in range(9)]
    refused = [answer for answer in answers if answer[0] == 429]
    assert 3 <= len(refused) <= 5, "a burst of four, then one a second"
    assert problem(refused[0])["type"] == "https://dot-copilot.dev/problems/too-many-requests"
    assert refused[0][1]["Retry-After"] == "1"
    assert door.ask("GET", "/api/v1/x")[0] == 200, "others are not affected"


def test_health_goes_through_to_the_api(door: Door) -> None:
    api = door.apis[0]
    api.seen.clear()
    assert door.ask("GET", "/healthz")[0] == door.ask("GET", "/readyz")[0] == 200
    assert [path for _, path, _ in api.seen] == ["/healthz", "/readyz"]


def test_the_access_log_is_json_without_what_opens_something(door: Door) -> None:
    door.ask("GET", "/api/v1/documents/content/very-secret")
    door.ask("GET", "/api/v1/packets/content/very-secret")
    door.ask("PUT", "/api/v1/documents/upload/very-secret")
    door.ask("GET", "/api/v1/documents/1/content?signature=very-secret&x=%22", headers={"User-Agent": 'quote" \\ back'})
    time.sleep(1.2)
    lines = (door.home.logs / "nginx-access.log").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    entry = next(one for one in entries if one["path"] == "/api/v1/documents/1/content" and "quote" in one["agent"])
    assert entry["status"] == "200"
    assert entry["agent"] == 'quote" \\ back'
    door.ask("POST", "/api/v1/die?signature=very-secret")
    everything = "\n".join(lines) + (door.home.root.parent / "nginx.log").read_text()
    assert "very-secret" not in everything
    for linked in ("documents", "packets"):
        assert any(one["path"] == f"/api/v1/{linked}/content/..." for one in entries)
    assert not any(one["path"] == "/healthz" for one in entries)
