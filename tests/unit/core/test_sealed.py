"""Tokens that carry what they allow."""

from __future__ import annotations

import base64
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.core import sealed
from dot_copilot.core.caller import Caller, Role

KEY, PURPOSE, END = b"k" * 32, "a-link", 1_800_000_000
CALLER = Caller(user_id=uuid4(), carrier_id=uuid4(), role=Role.DRIVER, session_id=uuid4(), token_version=1, expires_at=END)


class Ticket(msgspec.Struct, array_like=True, frozen=True):
    seat: int
    caller: Caller


class Other(msgspec.Struct, array_like=True, frozen=True):
    seat: str
    caller: Caller


TOKEN = sealed.seal(KEY, PURPOSE, Ticket(7, CALLER))


def test_what_was_sealed_comes_out_until_its_end() -> None:
    assert sealed.unseal(KEY, PURPOSE, Ticket, TOKEN, END - 1) == Ticket(7, CALLER)
    assert sealed.unseal(KEY, PURPOSE, Ticket, TOKEN, END) is None


@pytest.mark.parametrize(
    ("key", "purpose", "kind"),
    [(b"another", PURPOSE, Ticket), (KEY, "another-link", Ticket), (KEY, PURPOSE, Other)],
    ids=["key", "purpose", "shape"],
)
def test_a_token_of_another_key_purpose_or_release_is_none(key: bytes, purpose: str, kind: type[Ticket]) -> None:
    assert sealed.unseal(key, purpose, kind, TOKEN, 0) is None


@given(st.integers(0, len(base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4))) - 1), st.integers(1, 255))
def test_no_byte_of_it_can_be_changed(place: int, by: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(TOKEN + "=" * (-len(TOKEN) % 4)))
    raw[place] ^= by
    assert sealed.unseal(KEY, PURPOSE, Ticket, base64.urlsafe_b64encode(raw).decode(), 0) is None


@given(st.text())
def test_any_text_is_taken_for_none(text: str) -> None:
    assert sealed.unseal(KEY, PURPOSE, Ticket, text, 0) is None
