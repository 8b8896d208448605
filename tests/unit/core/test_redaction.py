"""Redaction of JSON values: what is redacted in text is redacted in them, at any depth, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.core import redaction
from dot_copilot.core.redaction import MARK, redact, redact_json

SECRETS = [
    "eyJhbGciOi.eyJzdWIi.c2ln",
    "ghp_abcdefghijklmnop1234",
    "GitHub_PAT_abcdefghijklmnopqrstuv",
    "s.abcdefghijklmnopqrstuvwx",
    "hvs.abcdefghijklmnopqrstuvwx",
    "Bearer abcdef123",
    "basic dXNlcjpwYXNz",
    "password=hunter22",
    "client_secret: abcd",
    "x input_value='Ana', input_type=str",
    "\nDETAIL: Key (name)=(Ana) exists.",
]
_WORD = st.sampled_from(SECRETS) | st.text(max_size=12)
_VALUE = st.recursive(
    st.lists(_WORD, max_size=4).map(" ".join) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORD | st.sampled_from(["Token", "x"]), inner, max_size=3),
    max_leaves=8,
)


@given(_VALUE)
def test_looking_for_hints_first_finds_the_same(value: Any) -> None:
    assert redact_json(value) == redaction._redacted(value)


@pytest.mark.parametrize("secret", SECRETS)
def test_every_kind_of_secret_is_found_in_the_middle_of_a_value(secret: str) -> None:
    found = redact_json({"notes": [1, {"text": f"he said: {secret} !"}]})
    assert found["notes"][1]["text"] == redact(f"he said: {secret} !")
    assert MARK in found["notes"][1]["text"]


def test_what_stands_under_the_name_of_a_secret_goes_whatever_it_is() -> None:
    assert redact_json({"Token": {"a": 1}, "api_key": 7, "name": "Ana"}) == {"Token": MARK, "api_key": MARK, "name": "Ana"}


def test_what_holds_no_secret_is_given_back_itself() -> None:
    value = {"name": "Ana Ruiz", "dates": ["2026-11-28"], "n": 1.5}
    assert redact_json(value) is value
