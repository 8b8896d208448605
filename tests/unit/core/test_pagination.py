"""Page cursors: opened where they were sealed, refused anywhere else."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.core.errors import InvalidCursor
from dot_copilot.core.pagination import Cursors

CURSORS = Cursors(b"k" * 32)
CARRIER = UUID(int=7)
VALUES = st.lists(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=40), max_size=5)


@given(VALUES, st.text(max_size=40), st.uuids())
def test_what_was_sealed_comes_back(values: list[Any], listing: str, carrier_id: UUID) -> None:
    cursor = CURSORS.seal(carrier_id, listing, values)
    assert CURSORS.open(carrier_id, listing, cursor) == values
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&? ")


@given(VALUES, st.text(max_size=40), st.text(max_size=40))
def test_another_listing_another_carrier_and_another_key_refuse_it(values: list[Any], listing: str, other: str) -> None:
    cursor = CURSORS.seal(CARRIER, listing, values)
    wrong = [(CURSORS, uuid4(), listing), (Cursors(b"j" * 32), CARRIER, listing)]
    if other != listing:
        wrong.append((CURSORS, CARRIER, other))
    for cursors, carrier_id, name in wrong:
        with pytest.raises(InvalidCursor):
            cursors.open(carrier_id, name, cursor)


@given(VALUES, st.data())
def test_a_cursor_with_one_character_changed_is_refused(values: list[Any], data: st.DataObject) -> None:
    cursor = CURSORS.seal(CARRIER, "drivers", values)
    position = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters().filter(lambda character: character != cursor[position]))
    for changed in (cursor[:position] + other + cursor[position + 1 :], cursor[:position] + other + cursor[position:]):
        with pytest.raises(InvalidCursor):
            CURSORS.open(CARRIER, "drivers", changed)


@given(st.text(max_size=80))
def test_any_text_is_refused_as_a_problem(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CURSORS.open(CARRIER, "drivers", text)
