"""What all upstreams offer together: public name -> entry, in one order that never depends on who answered first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from dot_copilot.mcp.gateway.catalogue.entries import Entry, entries_of, lists_of
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.upstreams.base import Fetched, Upstream

logger = logging.getLogger(__name__)

Changed = Callable[[frozenset[Kind]], None]


class Catalogue:
    """Upstreams come in the order of the configuration; the earlier one keeps a name that two of them offer.

    `version` rises with every change; `capabilities` are what all can do together. An upstream's last good lists stay until
    it gives others.
    """

    def __init__(self, config: GatewayConfig, upstreams: list[Upstream], own: list[Entry]) -> None:
        self._config, self._upstreams, self._own = config, upstreams, own
        self._parts: dict[str, dict[Kind, list[Entry]]] = {}
        self._fetched: dict[str, Fetched] = {}
        self._listeners: list[Changed] = []
        self.entries: dict[Kind, dict[str, Entry]] = {kind: {} for kind in Kind}
        self.conflicts: dict[str, list[str]] = {}
        self.capabilities: dict[str, Any] = {}
        self.version = 0
        self._merge()

    def listen(self, changed: Changed) -> None:
        """Calls `changed` with the kinds whose lists differ after an update."""
        self._listeners.append(changed)

    def fetched(self, name: str) -> Fetched | None:
        """What an upstream gave last."""
        return self._fetched.get(name)

    def of(self, name: str) -> list[Entry]:
        """All entries of one upstream, conflicting ones too."""
        return [entry for entries in self._parts.get(name, {}).values() for entry in entries]

    def update(self, upstream: Upstream, fetched: Fetched) -> bool:
        """Takes an upstream's lists; whether anything is different now."""
        name = upstream.config.name
        before = self._parts.get(name, {})
        after = {kind: entries_of(upstream.config, upstream, kind, items) for kind, items in lists_of(fetched).items()}
        kinds = frozenset(kind for kind in Kind if _raw(before.get(kind, [])) != _raw(after[kind]))
        known = self._fetched.get(name)
        self._fetched[name] = fetched
        if not kinds and known is not None and known.capabilities == fetched.capabilities:
            return False
        self._parts[name] = after
        self._merge()
        for listener in self._listeners:
            listener(kinds)
        return True

    def _merge(self) -> None:
        merged: dict[Kind, dict[str, Entry]] = {kind: {} for kind in Kind}
        merged[Kind.TOOL] = {entry.public: entry for entry in self._own}
        conflicts: dict[str, list[str]] = {}
        for upstream in self._upstreams:
            for kind, entries in self._parts.get(upstream.config.name, {}).items():
                for entry in entries:
                    holder = merged[kind].setdefault(entry.public, entry)
                    if holder is not entry:
                        conflicts.setdefault(entry.offered.upstream, []).append(_conflict(kind, entry, holder))
        for name, lines in conflicts.items():
            for line in lines:
                if line not in self.conflicts.get(name, ()):
                    logger.warning(line)
        self.entries, self.conflicts = merged, conflicts
        self.capabilities = self._merged_capabilities()
        self.version += 1

    def find(self, kind: Kind, public: str) -> Entry | None:
        """The entry of a public name. A URI that no resource has is looked for among the templates."""
        entry = self.entries[kind].get(public)
        if entry is None and kind is Kind.RESOURCE:
            for template in self.entries[Kind.TEMPLATE].values():
                if template.matcher is not None and template.matcher.fullmatch(public):
                    return template
        return entry

    def _merged_capabilities(self) -> dict[str, Any]:
        """What all upstreams can do together, as the protocol's ServerCapabilities."""
        merged: dict[str, Any] = {}
        if self._own:
            merged["tools"] = {"listChanged": True}
        for fetched in self._fetched.values():
            for name in ("tools", "prompts", "resources", "completions", "logging"):
                offered = fetched.capabilities.get(name)
                if isinstance(offered, dict):
                    merged.setdefault(name, {})
                    if name in ("tools", "prompts", "resources"):
                        merged[name]["listChanged"] = True  # the gateway's own lists may change with policy
                    if offered.get("subscribe") and name == "resources":
                        merged[name]["subscribe"] = True
        return merged

    @property
    def instructions(self) -> str:
        """The gateway's own instructions, and after them each trusted upstream's."""
        texts = [self._config.instructions]
        for upstream in self._upstreams:
            fetched = self._fetched.get(upstream.config.name)
            if fetched is not None and upstream.config.trust == "built-in":
                texts.append(fetched.instructions)
        return "\n\n".join(text for text in texts if text)


def _raw(entries: list[Entry]) -> list[bytes]:
    return [entry.raw for entry in entries]


def _conflict(kind: Kind, entry: Entry, holder: Entry) -> str:
    return (
        f"The {kind} '{entry.public}' of upstream '{entry.offered.upstream}' is left out: upstream "
        f"'{holder.offered.upstream}' already offers one of this name. Give one of the two upstreams another prefix."
    )
