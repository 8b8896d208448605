"""Ids that go through a client and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.mcp.gateway.legacy.ids import Place, unwrap_event, unwrap_request, wrap_event, wrap_request

NAME = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)


@given(NAME, st.one_of(st.integers(), st.text()))
def test_a_request_id_comes_back_as_it_was(upstream: str, request_id: str | int) -> None:
    assert unwrap_request(wrap_request(upstream, request_id)) == (upstream, request_id)


@pytest.mark.parametrize("wrapped", [None, 5, "", "a", "a.n", "a.n.x", "a.q.1", "a.n.", []])
def test_an_id_we_never_gave_leads_nowhere(wrapped: object) -> None:
    assert unwrap_request(wrapped) is None


@given(st.booleans(), st.dictionaries(NAME, st.from_regex(r"[!-~]{1,40}", fullmatch=True)))
def test_a_place_comes_back_as_it_was(standing: bool, last: dict[str, str]) -> None:
    assert unwrap_event(wrap_event(Place(standing, last))) == Place(standing, last)


@pytest.mark.parametrize(
    "event_id", [b"", b"7", b"bnVsbA", b"WzEse31d", b"W3RydWUsW11d", b"\xff", wrap_event(Place(True, {"a": "x\r\ny: z"}))]
)
def test_a_place_from_elsewhere_is_refused(event_id: bytes) -> None:
    assert unwrap_event(event_id) is None
