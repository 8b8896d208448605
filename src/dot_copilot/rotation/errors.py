"""What can go wrong with a rotation, each with a sentence for the person who asked for it."""

from __future__ import annotations


class RotationError(RuntimeError):
    """It did not come to its end; the message says what holds now and what to do. Running it again goes on."""


class ChangedMeanwhileError(RotationError):
    """Somebody else has written the secret since it was read; nothing of ours was written over it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was changed by somebody else meanwhile and left as it is; look at it, then run this again")


class NotAnsweringError(RotationError):
    """The store or the server is not there."""
