"""What can go wrong with the local stack, each with a sentence for the person in front of it."""

from __future__ import annotations


class StackError(RuntimeError):
    """Something the user can mend; the message says what is wrong and how to mend it."""


class AlreadyRunningError(StackError):
    """Another supervisor holds this home."""


class PortInUseError(StackError):
    """A port the stack needs belongs to somebody else; the message names the holder."""


class PartFailedError(StackError):
    """A part did not start. `part` is its name, `reason` what was seen of it."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part} did not start: {reason}")
        self.part = part
        self.reason = reason


class ProbeError(RuntimeError):
    """A part does not answer as it should (yet); the message is what it answered instead."""


class StalePasswordError(ProbeError):
    """The server answers, and has another password meanwhile than was read."""
