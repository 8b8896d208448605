"""Headers, events and sealed values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.mcp.gateway.wire import headers, sse
from dot_copilot.mcp.gateway.wire.jsonrpc import envelope, error_bytes
from dot_copilot.mcp.gateway.wire.seal import NotOurs, Sealer

SECRET = b"0123456789abcdef0123456789abcdef"


@given(st.text())
def test_any_name_survives_a_header(name: str) -> None:
    encoded = headers.encode(name)
    assert all(0x20 <= byte <= 0x7E for byte in encoded)
    assert headers.decode(encoded) == name


@pytest.mark.parametrize(
    "value", [b"=?base64?%%%?=", b"=?base64?YWJjZA?=", b"=?base64?YWI=x?=", b"=?base64?YWJ=?=", b"=?base64?/w==?="]
)
def test_damaged_base64_equals_nothing(value: bytes) -> None:
    assert headers.decode(value) is None


def test_a_routing_header_that_comes_twice_is_noticed() -> None:
    _, twice = headers.read([(b"accept", b"a"), (b"accept", b"b"), (b"mcp-name", b"x"), (b"mcp-name", b"x")])
    assert twice == b"mcp-name"
    assert headers.read([(b"mcp-param-region", b"a"), (b"mcp-param-region", b"b")])[1] == b"mcp-param-region"


@given(st.lists(st.integers(1, 40)), st.sampled_from(["\n", "\r\n", "\r"]))
def test_events_do_not_depend_on_how_they_are_cut(cuts: list[int], newline: str) -> None:
    text = ': ping\n\nid: 7\nevent: message\ndata: {"a":1}\n\nretry: 5\ndata: x\ndata: y\n\nid: 8\ndata:\n\n'.replace(
        "\n", newline
    ).encode()
    reader, events, start = sse.Reader(1000), [], 0
    for cut in [*cuts, len(text)]:
        events += reader.feed(text[start : start + cut])
        start += cut
    events += reader.feed(text[start:]) + reader.feed(b"\n")
    data = [(event.id, event.data, event.comment) for event in events]
    assert data == [(None, b"", True), (b"7", b'{"a":1}', False), (None, b"x\ny", False), (b"8", b"", False)]


def test_an_event_that_never_ends_is_refused() -> None:
    reader = sse.Reader(100)
    assert reader.feed(b"data: " + b"0" * 80) == []
    with pytest.raises(sse.TooLarge):
        reader.feed(b"0" * 20)


def test_an_event_is_read_as_it_was_written() -> None:
    written = sse.write(b'{"a":\n1}', b"id-1", b"100")
    (event,) = sse.Reader(1000).feed(written)
    assert (event.data, event.id, event.retry) == (b'{"a": 1}', b"id-1", b"100")


def test_a_sealed_value_opens_only_as_it_was_sealed() -> None:
    sealer = Sealer([SECRET], "state", 60)
    sealed = sealer.seal(b"payload", b"anna")
    assert sealer.open(sealed, b"anna") == b"payload"
    other_purpose, other_key = Sealer([SECRET], "session", 60), Sealer([SECRET[::-1]], "state", 60)
    for opener, text, bound in [
        (sealer, sealed, b"ben"),
        (other_purpose, sealed, b"anna"),
        (other_key, sealed, b"anna"),
        (sealer, sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1], b"anna"),
        (sealer, sealed[:20], b"anna"),
        (sealer, "s1.", b"anna"),
        (sealer, "s1.é", b"anna"),
        (sealer, "", b"anna"),
    ]:
        with pytest.raises(NotOurs):
            opener.open(text, bound)


def test_a_rotated_key_still_opens_what_it_sealed() -> None:
    old = Sealer([SECRET], "session", 60).seal(b"s", b"")
    assert Sealer([SECRET[::-1], SECRET], "session", 60).open(old, b"") == b"s"


def test_a_sealed_value_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    sealer = Sealer([SECRET], "state", 60)
    sealed = sealer.seal(b"s", b"")
    monkeypatch.setattr("dot_copilot.mcp.gateway.wire.seal.time.time", lambda: 4e9)
    with pytest.raises(NotOurs):
        sealer.open(sealed, b"")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer([b"short"], "state", 60)


def test_a_frame_tells_answers_from_questions() -> None:
    assert envelope(b'{"id":1,"result":{}}').answers
    assert envelope(error_bytes(None, -1, "x")).answers
    assert not envelope(b'{"id":1,"method":"a"}').answers
    assert not envelope(b'{"id":1,"result":{},"error":{}}').answers
    for bad in (b"[]", b"{", b"", b'{"id":{}}', b"\xff"):
        with pytest.raises((ValueError, UnicodeDecodeError)):
            envelope(bad)
