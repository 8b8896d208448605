"""Trace context on the wire: what is a parent, and what is none."""

from __future__ import annotations

import pytest

from dot_copilot.core.telemetry import context

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_traceparent_names_trace_parent_and_decision() -> None:
    found = context.parse(f"00-{TRACE}-{SPAN}-01".encode())
    assert found == context.Parent(TRACE, int(SPAN, 16), True, False)
    unsampled = context.parse(f"00-{TRACE}-{SPAN}-00".encode())
    assert unsampled is not None
    assert not unsampled.sampled


def test_a_later_version_may_say_more() -> None:
    assert context.parse(f"cc-{TRACE}-{SPAN}-03-what-comes".encode()) == context.Parent(TRACE, int(SPAN, 16), True)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "00",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-0x",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        "é" * 55,
        "x" * 100_000,
    ],
)
def test_anything_else_is_none(header: str) -> None:
    assert context.parse_text(header) is None


@pytest.mark.parametrize("end", ["-00", "-02", "-01", "-0x", "-00-more"])
@pytest.mark.parametrize(
    "start",
    [f"00-{TRACE}-{SPAN}", f"cc-{TRACE}-{SPAN}", f"0a-{TRACE}-{SPAN}", f"ff-{TRACE}-{SPAN}", f"00-{TRACE.upper()}-{SPAN}"],
)
def test_the_quick_look_never_says_more_than_the_whole_one(start: str, end: str) -> None:
    header = f"{start}{end}".encode()
    quick, whole = context.usual(header), context.parse(header)
    assert not quick or (whole is not None and whole.trace_id == quick.decode() and not whole.sampled)


@pytest.mark.parametrize(
    "wrong", [b"", b"00", b"x" * 55, f"00-{'0' * 32}-{SPAN}-00".encode(), f"00-{TRACE}-{'0' * 16}-00".encode()]
)
def test_the_quick_look_knows_what_is_no_parent(wrong: bytes) -> None:
    assert context.usual(wrong) == b""
    assert context.usual(f"00-{TRACE}-{SPAN}-00".encode()) == TRACE.encode()


def test_a_state_of_ours_says_that_the_trace_stands_for_itself() -> None:
    found = context.parse_carried(f"00-{TRACE}-{SPAN}-01;dot=1")
    assert found is not None
    assert found.whole
    assert context.parse_carried("nonsense") is None


def test_ids_have_their_length_and_are_never_nothing() -> None:
    assert all(len(context.new_trace_id()) == 32 for _ in range(100))
    assert all(0 < context.new_span_id() < 1 << 64 for _ in range(100))
