"""Every page of an upstream's lists, under a cap: an upstream cannot keep the gateway turning pages forever."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.upstreams.base import Fetched, Message, Reply, UpstreamError

Ask = Callable[[str, Message], Awaitable[Reply]]

_CAPABILITY = {Kind.TOOL: "tools", Kind.PROMPT: "prompts", Kind.RESOURCE: "resources", Kind.TEMPLATE: "resources"}
_MAX_ITEMS = 10_000


async def everything(ask: Ask, capabilities: Message, max_pages: int) -> Fetched:
    """All lists that `capabilities` promise. Raises `UpstreamError`."""
    lists = {}
    for kind in Kind:
        lists[kind] = await pages(ask, kind, max_pages) if _CAPABILITY[kind] in capabilities else []
    return Fetched(
        tools=lists[Kind.TOOL],
        prompts=lists[Kind.PROMPT],
        resources=lists[Kind.RESOURCE],
        templates=lists[Kind.TEMPLATE],
        capabilities=capabilities,
    )


async def pages(ask: Ask, kind: Kind, max_pages: int) -> list[Message]:
    """One list, all pages. A cursor that comes twice ends it, and so does `max_pages`, with an error: half a list would
    look like tools that were taken away.
    """
    found: list[Message] = []
    cursor: str | None = None
    seen: set[str] = set()
    for _ in range(max_pages):
        reply = await ask(kind.method, {} if cursor is None else {"cursor": cursor})
        if reply.result is None:
            code = (reply.error or {}).get("code")
            if code == -32601:  # promised, but not there: the list is empty
                return found
            raise UpstreamError("broken", f"The upstream refused {kind.method} (error {code}).")
        found += _items(reply.result, kind)
        cursor = _cursor(reply.result)
        if cursor is None:
            return found
        if cursor in seen or len(found) > _MAX_ITEMS:
            break
        seen.add(cursor)
    raise UpstreamError("broken", f"The upstream's {kind.method} does not end (more than {len(seen)} pages).")


def _items(result: Message, kind: Kind) -> list[Message]:
    items: Any = result.get(kind.member)
    if not isinstance(items, list):
        raise UpstreamError("broken", f"The upstream's {kind.method} holds no list '{kind.member}'.")
    return [item for item in items if isinstance(item, dict) and isinstance(item.get(kind.key), str) and item[kind.key]]


def _cursor(result: Message) -> str | None:
    cursor = result.get("nextCursor")
    return cursor if isinstance(cursor, str) else None
