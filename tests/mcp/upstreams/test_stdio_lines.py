"""Cutting a child's output into lines: the same lines however they come, nothing kept beyond the bounds, no secret shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.mcp.gateway.upstreams.base import Message
from dot_copilot.mcp.gateway.upstreams.stdio_lines import Lines, Tail, redact
from dot_copilot.mcp.gateway.upstreams.stdio_messages import Faults, answered_id, guessed_id, read_reply

LIMIT = 64


def cut(chunks: list[bytes], limit: int = LIMIT) -> tuple[list[bytes], list[tuple[bytes, bytes, int]], int]:
    """The lines, what was too long, and how often a line was taken for endless."""
    lines: list[bytes] = []
    long: list[tuple[bytes, bytes, int]] = []
    endless: list[None] = []
    reader = Lines(limit, lines.append, lambda *what: long.append(what), lambda: endless.append(None), lambda: None)
    for chunk in chunks:
        reader.data_received(chunk)
    return lines, long, len(endless)


def chunked(data: bytes, sizes: list[int]) -> list[bytes]:
    chunks, start = [], 0
    for size in sizes:
        chunks.append(data[start : start + size])
        start += size
    return [*chunks, data[start:]]


line = st.binary(max_size=3 * LIMIT).filter(lambda data: b"\n" not in data)


@given(st.lists(line, max_size=8), st.lists(st.integers(0, 50), max_size=40))
def test_lines_are_the_same_however_they_arrive(texts: list[bytes], sizes: list[int]) -> None:
    data = b"".join(text + b"\n" for text in texts)
    lines, long, _ = cut(chunked(data, sizes))

    assert lines == [text for text in texts if text.strip() and len(text) <= LIMIT]
    assert [size for _, _, size in long] == [len(text) for text in texts if len(text) > LIMIT]
    for (head, tail, _), text in zip(long, [text for text in texts if len(text) > LIMIT], strict=True):
        assert text.startswith(head)
        assert text.endswith(tail)


def test_a_line_without_end_is_told_once() -> None:
    assert cut([b"x" * 50] * 100)[2] == 1
    assert cut([b"x" * 50 + b"\n"] * 100)[2] == 0


@given(st.lists(st.integers(0, 40), max_size=20))
def test_no_part_of_a_secret_is_shown_however_it_arrives(sizes: list[int]) -> None:
    secret = "s3cr3t-of-alice"
    tail = Tail([secret], width=60)
    for chunk in chunked(b"before %b after\nAuthorization: Bearer abcdefghijkl\nlast %b" % ((secret.encode(),) * 2), sizes):
        tail.data_received(chunk)
    tail.connection_lost(None)
    assert tail.text == "before [hidden] after\nAuthorization: Bearer [hidden]\nlast [hidden]"
    assert tail.last == "last [hidden]"


@given(st.lists(st.binary(max_size=400), max_size=60))
def test_last_words_stay_bounded_and_printable(chunks: list[bytes]) -> None:
    tail = Tail([], lines=5, width=80)
    for chunk in chunks:
        tail.data_received(chunk)
    tail.connection_lost(None)
    kept = tail.text.split("\n")
    assert len(kept) <= 5
    assert all(len(text) <= 80 and (text.isprintable() or not text) for text in kept)


def test_what_looks_like_a_token_is_hidden() -> None:
    for token in ("ghp_0123456789abcdefABCD", "github_pat_11ABCDEFG0123456789_abc", "eyJhbGciOiJ9.eyJzdWIi.c2lnbmF0dXJl"):
        assert redact(f"is {token}, you see") == "is [hidden], you see"
    assert redact("the key is k", ["k", ""]) == "the [hidden]ey is [hidden]"


def test_ids_are_read_as_they_were_given() -> None:
    assert [answered_id({"id": given}) for given in (7, "7", True, None, 7.5, "x", "9" * 40)] == [7, 7, *[None] * 5]
    assert guessed_id(b'{"jsonrpc":"2.0","id":12,"result":{"id":99', b"") == 12
    assert guessed_id(b'{"result":{"id":99', b'"}, "id": 12}') == 12
    assert guessed_id(b'{"result":{"id":99', b'"id":99}]}') is None


def test_only_a_result_or_an_error_is_an_answer() -> None:
    assert read_reply({"result": {}}) is not None
    assert read_reply({"error": {"code": 1}}) is not None
    both = {"result": {}, "error": {"code": 1}}
    wrong: list[Message] = [{}, {"result": 1}, {"error": {}}, both, {"error": {"code": "1"}}]
    assert [read_reply(one) for one in wrong] == [None] * 5


def test_a_server_may_be_wrong_now_and_then_but_not_for_ever() -> None:
    faults = Faults(most=3, noise_bytes=1000, noise_per_s=0)
    assert [faults.count("not JSON") for _ in range(3)] == [True, False, False]
    assert not faults.too_many
    faults.count("answered twice")
    assert faults.too_many
    noisy = Faults(noise_bytes=1000, noise_per_s=0)
    noisy.unasked(1000)
    assert not noisy.too_many
    noisy.unasked(1)
    assert noisy.too_many
