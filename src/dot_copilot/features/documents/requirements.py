"""Which requirements evidence may be recorded for. The catalogue is of a higher feature, so that one answers here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dot_copilot.core.database import Door

# The results that evidence of a requirement may carry; None when the door's carrier knows no such requirement.
Answer = Callable[[Door, str], Awaitable[frozenset[str] | None]]
_answers: list[Answer] = []


def answer_with(answer: Answer) -> Answer:
    """Registers who knows the catalogue. Called once, when the feature that owns it is imported (`subscribers.py`)."""
    _answers[:] = [answer]
    return answer


async def outcomes_of(door: Door, requirement: str) -> frozenset[str] | None:
    """The outcomes of `requirement`, or None when there is no such requirement."""
    if not _answers:
        raise RuntimeError("nobody answers for the catalogue: no feature called documents.requirements.answer_with")
    return await _answers[0](door, requirement)
