"""Upward reactions: a lower feature says what happened, a higher one reacts in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dot_copilot.core.database import Door

E = TypeVar("E")
Handler = Callable[["Door", Any], Awaitable[None]]
_handlers: dict[type[Any], list[Handler]] = defaultdict(list)


def subscribe(event: type[E]) -> Callable[[Callable[[Door, E], Awaitable[None]]], Callable[[Door, E], Awaitable[None]]]:
    """Registers a handler of `event`. The modules `features/*/subscribers.py` are imported at start."""

    def register(handler: Callable[[Door, E], Awaitable[None]]) -> Callable[[Door, E], Awaitable[None]]:
        if handler not in _handlers[event]:
            _handlers[event].append(handler)
        return handler

    return register


async def publish(door: Door, event: object) -> None:
    """Runs the handlers of `event` now, in the transaction of `door`; an error of one undoes it all."""
    for handler in _handlers.get(type(event), ()):
        await handler(door, event)
