"""Lists as bytes, made once for all people who see the same."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Hashable

import orjson
from msgspec import Struct

from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.ports import Policy, Verdict
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, RpcError

_CACHE = 1024


class _View(Struct):
    version: tuple[int, int]
    entries: list[Entry]
    places: dict[str, int]
    pages: dict[tuple[int, bool], bytes]


class Publisher:
    """Pages of `page_size` entries. A cursor names the last entry of the page before, so it survives changes around it."""

    def __init__(self, config: GatewayConfig, catalogue: Catalogue, policy: Policy) -> None:
        self._config, self._catalogue, self._policy = config, catalogue, policy
        self._views: dict[tuple[Kind, Hashable], _View] = {}

    def visible(self, kind: Kind, verdict: Verdict) -> list[Entry]:
        """Every entry this person may use, listed or not."""
        entries = self._catalogue.entries[kind].values()
        return [entry for entry in entries if entry.upstream is None or self._policy.sees(verdict, entry.offered)]

    def page(self, kind: Kind, verdict: Verdict, cursor: object, modern: bool) -> bytes:
        """The result of a list request as JSON. An unknown cursor is INVALID_PARAMS; null counts as none."""
        view = self._view(kind, verdict)
        start = 0 if cursor is None else _place(view, kind, cursor)
        made = view.pages.get((start, modern))
        if made is None:
            made = view.pages[(start, modern)] = self._make(view, kind, start, modern)
        return made

    def _view(self, kind: Kind, verdict: Verdict) -> _View:
        key = (kind, self._policy.view(verdict))
        version = (self._catalogue.version, self._policy.version)
        view = self._views.get(key)
        if view is None or view.version != version:
            entries = [entry for entry in self.visible(kind, verdict) if self._listed(entry)]
            view = _View(version, entries, {entry.public: place for place, entry in enumerate(entries)}, {})
            if len(self._views) >= _CACHE:
                self._views.clear()
            self._views[key] = view
        return view

    def _listed(self, entry: Entry) -> bool:
        if self._config.listing == "all" or entry.upstream is None or entry.offered.kind is not Kind.TOOL:
            return True
        return entry.offered.name in entry.upstream.config.core

    def _make(self, view: _View, kind: Kind, start: int, modern: bool) -> bytes:
        end = start + self._config.page_size
        page = view.entries[start:end]
        body = b'{"%b":[%b]' % (kind.member.encode(), b",".join(entry.raw for entry in page))
        if end < len(view.entries):
            body += b',"nextCursor":%b' % orjson.dumps(_cursor(kind, page[-1].public))
        if modern:
            # Lists are filtered by person, so they are private; what is not filtered today may be tomorrow.
            body += b',"ttlMs":%d,"cacheScope":"private","resultType":"complete"' % self._config.ttl_ms
        return body + b"}"


def _cursor(kind: Kind, last: str) -> str:
    return base64.urlsafe_b64encode(f"{kind.value}\n{last}".encode()).rstrip(b"=").decode()


def _place(view: _View, kind: Kind, cursor: object) -> int:
    try:
        if not isinstance(cursor, str):
            raise ValueError
        said, _, last = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("\n")
        if said != kind.value:
            raise ValueError
        return view.places[last] + 1
    except (ValueError, KeyError, binascii.Error):
        raise RpcError(INVALID_PARAMS, "The cursor is not one of this list's, or its place is gone. Start without one.") from None
