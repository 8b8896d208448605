"""One sorted list out of several paged ones, a page at a time, without a state between the pages.

The cursor says for each source which of its pages comes next and how many items of that page have been given.
"""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar

import msgspec

from dot_copilot.mcp.server.errors import ToolError

T = TypeVar("T")
_OTHER_LIST = "The cursor is not one of this list. Start again without a cursor, or send the same arguments as before."


class Page(Protocol[T]):
    """What a source gives for one of its cursors."""

    items: list[T]
    next_cursor: str | None


class _Place(msgspec.Struct, array_like=True):
    """Where a source stands."""

    cursor: str | None = None
    given: Annotated[int, msgspec.Meta(ge=0, le=200)] = 0
    done: bool = False


class _Source(Generic[T]):
    def __init__(self, fetch: Callable[[str | None], Awaitable[Page[T]]], place: _Place) -> None:
        self._fetch, self.place = fetch, place
        self._items: list[T] | None = None
        self._next: str | None = None

    def spent(self) -> bool:
        """Whether a further page would have to be fetched to tell what comes next."""
        return not self.place.done and self._items is not None and self.place.given >= len(self._items) and self._next is not None

    async def head(self) -> T | None:
        """The next item not yet given; None at the end."""
        while not self.place.done:
            if self._items is None:
                page = await self._fetch(self.place.cursor)
                self._items, self._next = page.items, page.next_cursor
            if self.place.given < len(self._items):
                return self._items[self.place.given]
            self._items = None
            self.place.cursor, self.place.given, self.place.done = self._next, 0, self._next is None
        return None


async def merge(
    fetches: Sequence[Callable[[str | None], Awaitable[Page[T]]]],
    cursor: str | None,
    *,
    order: Callable[[T], Any],
    within: Callable[[T], bool],
    limit: int,
) -> tuple[list[T], str | None]:
    """The next `limit` items in `order` that are `within` (which holds for a beginning of every source), and the next cursor."""
    sources = [_Source(fetch, place) for fetch, place in zip(fetches, _open(cursor, len(fetches)), strict=True)]
    taken: list[T] = []
    while True:
        if len(taken) == limit and any(source.spent() for source in sources):  # whoever wants more will ask for it
            return taken, _seal([source.place for source in sources])
        heads = [(order(head), number, head) for number, one in enumerate(sources) if (head := await one.head()) is not None]
        if not heads:
            return taken, None
        _, number, head = min(heads, key=lambda entry: entry[:2])
        if not within(head):
            return taken, None
        if len(taken) == limit:
            return taken, _seal([source.place for source in sources])
        taken.append(head)
        sources[number].place.given += 1


def _seal(places: list[_Place]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(places)).rstrip(b"=").decode()


def _open(cursor: str | None, count: int) -> list[_Place]:
    if cursor is None:
        return [_Place() for _ in range(count)]
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        places = msgspec.json.decode(raw, type=list[_Place])
    except ValueError:  # msgspec's errors are ValueErrors, as are those of base64 and of the encoding
        places = []
    if len(places) != count:
        raise ToolError(_OTHER_LIST)
    return places
