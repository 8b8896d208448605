"""Asking a source, and noting how it went."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from dot_copilot.core.watching import SourceError, SourceOff
from dot_copilot.features.operations.schemas import Source, SourceName

T = TypeVar("T")


async def ask(name: SourceName, answer: Awaitable[T], otherwise: T) -> tuple[T, Source]:
    """The answer, or `otherwise`, with the state of the source."""
    try:
        return await answer, Source(name=name, state="ok")
    except SourceOff as off:
        return otherwise, Source(name=name, state="off", detail=str(off))
    except SourceError as error:
        return otherwise, Source(name=name, state="failed", detail=str(error))
