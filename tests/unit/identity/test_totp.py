"""Time-based codes, by the RFC's own examples."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from dot_copilot.features.identity import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_examples_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert totp.code(SECRET, seconds // totp.PERIOD) == code
    assert totp.matching_step(SECRET, code, datetime.fromtimestamp(seconds, UTC), after=0) == seconds // 30


def test_a_clock_may_be_half_a_minute_off_and_no_more() -> None:
    now = datetime(2026, 11, 28, 12, 0, 10, tzinfo=UTC)
    code = totp.code(SECRET, int(now.timestamp()) // 30)
    for off, good in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        assert (totp.matching_step(SECRET, code, now + timedelta(seconds=off), after=0) is not None) is good, off


def test_a_code_is_good_once() -> None:
    now = datetime(2026, 11, 28, 12, 0, 10, tzinfo=UTC)
    step = int(now.timestamp()) // 30
    assert totp.matching_step(SECRET, totp.code(SECRET, step), now, after=step) is None


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "２８７０８２", "\ud800"])
def test_nonsense_is_no_code(given: str) -> None:
    assert totp.matching_step(SECRET, given, datetime.fromtimestamp(59, UTC), after=0) is None


def test_the_picture_is_an_svg_without_script() -> None:
    drawn = totp.picture(totp.address(SECRET, "ana+1@carrier.example"))
    assert drawn.startswith("<svg")
    assert "script" not in drawn
    assert "ana%2B1%40carrier.example" in totp.address(SECRET, "ana+1@carrier.example")
