"""A packet's code survives being read out, and finds the slips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.packets.codes import ALPHABET, check_letter, new_code, shown, understood

bodies = st.text(ALPHABET, min_size=12, max_size=12)


def whole(body: str) -> str:
    return body + check_letter(body)


@given(bodies)
def test_what_is_shown_is_understood_as_people_write_it(body: str) -> None:
    code = whole(body)
    for written in (shown(code), shown(code).lower(), code, f"  {code.replace('0', 'o').replace('1', 'l')} "):
        assert understood(written) == code


@given(bodies, st.integers(0, 12), st.sampled_from(ALPHABET))
def test_every_single_wrong_letter_is_found(body: str, place: int, letter: str) -> None:
    code = whole(body)
    slipped = code[:place] + letter + code[place + 1 :]
    assert understood(slipped) == (code if slipped == code else None)


@given(bodies, st.integers(0, 11))
def test_swapped_neighbours_are_found_but_for_0_and_z(body: str, place: int) -> None:
    code = whole(body)
    one, other = code[place], code[place + 1]
    swapped = code[:place] + other + one + code[place + 2 :]
    if one != other and {one, other} != {"0", "Z"}:
        assert understood(swapped) is None


@pytest.mark.parametrize("nonsense", ["", "K7QF", "K7QF-2M9X-4TRD-CC", "ЖЖЖЖ-ЖЖЖЖ-ЖЖЖЖ-Ж", "\0" * 13, "U" * 13])
def test_nonsense_is_none(nonsense: str) -> None:
    assert understood(nonsense) is None


def test_codes_are_not_guessed() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert all(understood(code) == code for code in codes)
