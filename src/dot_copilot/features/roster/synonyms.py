"""Loads the header names of `headers.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(",") if part.strip())


_DATA = tomllib.loads(resources.files(__package__).joinpath("headers.toml").read_text("utf-8"))
NAMES: dict[str, tuple[str, ...]] = {key: _list(text) for key, text in _DATA["fields"].items()}
REQUIREMENT_NAMES: dict[str, tuple[str, ...]] = {key: _list(text) for key, text in _DATA["requirements"].items()}
EXPIRY_WORDS = _list(_DATA["words"]["expiry"])
SENSITIVE_WORDS = frozenset(_list(_DATA["words"]["sensitive"]))
DUE_WORDS = frozenset(_list(_DATA["words"]["due"]))
ADDRESS_WORDS = frozenset(_list(_DATA["words"]["address"]))
