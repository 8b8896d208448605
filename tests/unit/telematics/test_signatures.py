"""Signatures of providers: their own examples, and that no flipped bit passes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dot_copilot.features.telematics.errors import SignatureRefused, TimestampRefused
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.signatures import check, sign

SAMSARA_SECRET, SAMSARA_TIME = "dGVzdC1zZWNyZXQta2V5LTAwMDE=", 1587597109
SAMSARA_BODY = b'{"eventId":"e1","eventType":"Ping"}'
SAMSARA_SIGNATURE = "cde6b76c14f2083cc7b475646b0d5db23966ecaa15a0b00571cbdcfc46d90403"
MOTIVE_SECRET, MOTIVE_BODY = "d9d36bea41c44ae49d1bfc4a48ba2abe", b'["fault_code_closed"]'
MOTIVE_SIGNATURE = "f04a8386a21a6cba0447024e83b3f0983352bb72"
THEN = datetime.fromtimestamp(SAMSARA_TIME, UTC)


def samsara(body: bytes = SAMSARA_BODY, timestamp: str = str(SAMSARA_TIME), signature: str = f"v1={SAMSARA_SIGNATURE}") -> None:
    """Checks Samsara's example, or a change of it."""
    headers = {"x-samsara-timestamp": timestamp, "x-samsara-signature": signature}
    check(Provider.SAMSARA, [SAMSARA_SECRET], headers, body, THEN)


def motive(body: bytes = MOTIVE_BODY, signature: str = MOTIVE_SIGNATURE, secrets: tuple[str, ...] = (MOTIVE_SECRET,)) -> None:
    """Checks Motive's example, or a change of it."""
    check(Provider.MOTIVE, secrets, {"x-kt-webhook-signature": signature}, body, THEN)


def test_the_examples_of_both_providers_pass() -> None:
    samsara()
    motive()


def test_hex_may_be_written_in_capitals() -> None:
    samsara(signature=f"v1={SAMSARA_SIGNATURE.upper()}")
    motive(signature=MOTIVE_SIGNATURE.upper())


def flipped(data: bytes, position: int, bit: int) -> bytes:
    """With one bit changed."""
    position %= len(data)
    return data[:position] + bytes([data[position] ^ (1 << bit)]) + data[position + 1 :]


@given(st.integers(0), st.integers(0, 7))
def test_no_flipped_bit_of_the_body_passes(position: int, bit: int) -> None:
    with pytest.raises(SignatureRefused):
        samsara(flipped(SAMSARA_BODY, position, bit))
    with pytest.raises(SignatureRefused):
        motive(flipped(MOTIVE_BODY, position, bit))


@given(st.integers(0), st.integers(0, 7))
def test_no_flipped_bit_of_the_signature_passes(position: int, bit: int) -> None:
    with pytest.raises(SignatureRefused):
        samsara(signature=f"v1={flipped(bytes.fromhex(SAMSARA_SIGNATURE), position, bit).hex()}")
    with pytest.raises(SignatureRefused):
        motive(signature=flipped(bytes.fromhex(MOTIVE_SIGNATURE), position, bit).hex())


@given(st.integers(0, 10**12 - 1))
def test_no_other_time_passes(timestamp: int) -> None:
    assume(timestamp != SAMSARA_TIME)
    with pytest.raises(SignatureRefused):
        samsara(timestamp=str(timestamp))


@given(st.text(max_size=80))
def test_no_text_passes_for_a_signature(text: str) -> None:
    with pytest.raises(SignatureRefused):
        samsara(signature=text)
    with pytest.raises(SignatureRefused):
        motive(signature=text)


@given(st.text(max_size=20).filter(lambda text: text != str(SAMSARA_TIME)))
def test_no_text_passes_for_a_time(text: str) -> None:
    with pytest.raises((TimestampRefused, SignatureRefused)):
        samsara(timestamp=text)


@given(st.binary(max_size=200), st.sampled_from(Provider))
def test_what_is_signed_passes_with_any_of_the_secrets(body: bytes, provider: Provider) -> None:
    secret, stamp = SAMSARA_SECRET, str(SAMSARA_TIME)
    signature = sign(provider, secret, stamp, body).hex()
    headers = {"x-samsara-timestamp": stamp, "x-samsara-signature": f"v1={signature}", "x-kt-webhook-signature": signature}
    check(provider, ["b3RoZXItc2VjcmV0", secret], headers, body, THEN)
    with pytest.raises(SignatureRefused):
        check(provider, ["b3RoZXItc2VjcmV0"], headers, body, THEN)


def test_a_body_signed_the_other_providers_way_does_not_pass() -> None:
    with pytest.raises(SignatureRefused):
        motive(signature=SAMSARA_SIGNATURE)
    with pytest.raises(SignatureRefused):
        samsara(signature=f"v1={MOTIVE_SIGNATURE}")


def test_without_a_secret_nothing_passes() -> None:
    with pytest.raises(SignatureRefused, match="no signing secret yet"):
        motive(secrets=())
