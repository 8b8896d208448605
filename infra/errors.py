"""What somebody asked for and cannot have."""

from __future__ import annotations


class BadInput(ValueError):
    """A value that the platform cannot be built from. The message is one sentence: what is wrong, and how to mend it."""
