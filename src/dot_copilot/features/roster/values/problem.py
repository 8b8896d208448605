"""The one exception of the converters."""

from __future__ import annotations


class ValueProblem(ValueError):
    """The cell's value can't be used; the text says why and what to write instead."""


# Ways to write "nothing" that exports use. They mean "not known", never "no" and never "clear what we have".
NOTHING = frozenset({"", "-", "--", "---", "–", "—", ".", "?", "n/a", "na", "#n/a", "n.a.", "null", "nil", "tbd", "unknown",
                     "none on file", "not on file", "pending", "s/d", "n/d", "desconocido", "pendiente"})  # fmt: skip


def is_nothing(text: str) -> bool:
    """Whether a cell says that the value is not known."""
    return text.lower() in NOTHING
