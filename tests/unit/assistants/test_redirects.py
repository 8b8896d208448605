"""Redirect URIs: exact, but for the port on this computer."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.assistants import redirects


@pytest.mark.parametrize(
    ("registered", "asked", "same"),
    [
        ("https://a.example/cb", "https://a.example/cb", True),
        ("https://a.example/cb", "https://a.example:443/cb", False),
        ("https://a.example/cb", "https://A.example/cb", False),
        ("http://localhost/cb", "http://localhost:1234/cb", True),
        ("http://localhost:8/cb", "http://localhost/cb", True),
        ("http://127.0.0.1:8/cb?a=1", "http://127.0.0.1:9/cb?a=1", True),
        ("http://127.0.0.1:8/cb?a=1", "http://127.0.0.1:9/cb?a=2", False),
        ("http://[::1]/cb", "http://[::1]:5/cb", True),
        ("http://localhost/cb", "http://127.0.0.1/cb", False),
        ("http://localhost/cb", "https://localhost/cb", False),
        ("http://localhost/cb", "http://localhost:1/cb/", False),
        ("http://localhost/cb", "http://x@localhost:1/cb", False),
        ("http://localhost/cb", "http://localhost:1/cb#f", False),
        ("http://localhost/cb", "http://localhost.evil.example:1/cb", False),
        ("http://localhost/cb", "http://localhost:1\\@evil.example/cb", False),
        ("http://localhost/cb", "http://localhost:x/cb", False),
        ("cursor://a/cb", "cursor://a:1/cb", False),
    ],
)
def test_what_is_the_same(registered: str, asked: str, same: bool) -> None:
    assert redirects.matches(registered, asked) is same
    assert redirects.find(["https://other.example/", registered], asked) == (asked if same else None)


def test_with_one_address_it_need_not_be_named() -> None:
    assert redirects.find(["https://a.example/"], None) == "https://a.example/"
    assert redirects.find(["https://a.example/", "https://b.example/"], None) is None


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("https://claude.ai/cb", "claude.ai"),
        ("http://127.0.0.1:4/cb", "this computer"),
        ("http://[::1]:4/cb", "this computer"),
        ("com.example.app:/cb", "com.example.app:"),
        ("cursor://anysphere/cb", "cursor:"),
    ],
)
def test_where_it_leads_in_words(uri: str, place: str) -> None:
    assert redirects.problem(uri) is None
    assert redirects.place(uri) == place


@given(st.text(max_size=60))
def test_no_text_breaks_the_check(text: str) -> None:
    why = redirects.problem(text)
    parts = redirects.split(text)
    assert why is not None or (parts is not None and "#" not in text and " " not in text)
    redirects.matches("http://localhost/cb", text)


@given(st.dictionaries(st.sampled_from(["code", "state", "iss"]), st.text(st.characters(codec="utf-8"), min_size=1), min_size=1))
def test_answers_arrive_as_they_were_and_the_address_stays(values: dict[str, str]) -> None:
    for uri in ("https://a.example/cb?x=%20y", "com.example.app:/cb", "myapp:///cb?", "http://localhost:1/"):
        full = redirects.with_query(uri, {**values, "absent": None})
        assert full.startswith(uri)
        read = parse_qs(urlsplit(full).query, strict_parsing=True, keep_blank_values=True)
        assert {name: read[name] for name in values} == {name: [value] for name, value in values.items()}
        assert "absent" not in read
