"""Words for what the engine found. Nothing here decides anything, and nothing here runs unless a person looks."""

from __future__ import annotations

from .model import Explanation, Item, Locale, Reason


def explanation(item: Item, locale: Locale = "en") -> Explanation:
    """Why the item is as it is: one sentence, then the arithmetic line by line."""
    raise NotImplementedError


def reason_text(reason: Reason, locale: Locale = "en") -> str:
    """One sentence, the summary of the item behind the reason."""
    raise NotImplementedError
