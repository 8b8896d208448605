"""Whether a person may use an entry now: policy, limits, audit, credential, in this order, for every call of every era."""

from __future__ import annotations

from typing import Any

import orjson

from dot_copilot.core import telemetry
from dot_copilot.mcp.gateway import figures
from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.ports import CallEntry, Guard, Refused, Verdict, Withheld
from dot_copilot.mcp.gateway.routing import completions
from dot_copilot.mcp.gateway.routing.completions import Completions
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, LIMITED, RESOURCE_NOT_FOUND, RpcError

KIND_OF = {"tools/call": Kind.TOOL, "prompts/get": Kind.PROMPT, "resources/read": Kind.RESOURCE}
_SAID = {Kind.TOOL: "tool", Kind.PROMPT: "prompt", Kind.RESOURCE: "resource", Kind.TEMPLATE: "resource template"}


class ToolText(Exception):
    """The call ends with a tool result that tells the model why (`isError`)."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Access:
    """The way from a public name to an upstream. What a person may not see does not exist for them, except by scope (403)."""

    def __init__(self, catalogue: Catalogue, guard: Guard) -> None:
        self._catalogue, self._guard = catalogue, guard
        self._completions = Completions(guard.calls)

    def entry(self, kind: Kind, public: object, legacy: bool = False) -> Entry:
        """The entry of a name; INVALID_PARAMS for an unknown one (up to 2025-11-25 RESOURCE_NOT_FOUND for resources)."""
        if not isinstance(public, str):
            raise RpcError(INVALID_PARAMS, f"The {_SAID[kind]}'s name is missing or not a string.")
        entry = self._catalogue.find(kind, public)
        if entry is None:
            code = RESOURCE_NOT_FOUND if legacy and kind is Kind.RESOURCE else INVALID_PARAMS
            what = "Resource not found" if kind is Kind.RESOURCE else f"Unknown {_SAID[kind]}"
            raise RpcError(code, f"{what}: {public[:200]}", {"uri": public} if kind is Kind.RESOURCE else None)
        return entry

    def allow(self, verdict: Verdict, entry: Entry, arguments: Any = None) -> None:
        """Raises `Refused` (403), `ToolText` or `RpcError` unless this person may use the entry; a refusal goes on record too."""
        if entry.upstream is None:
            return
        refusal = self._guard.policy.refusal(verdict, entry.offered)
        if refusal is None:
            return
        text = refusal.description if isinstance(refusal, Refused) else refusal.text
        offered = entry.offered
        self._guard.calls.refused(verdict, offered.upstream, offered.name, raw_arguments(arguments), text)
        if isinstance(refusal, Refused):
            raise refusal
        assert isinstance(refusal, Withheld)
        if entry.offered.kind is Kind.TOOL:
            raise ToolText(refusal.text)
        raise RpcError(INVALID_PARAMS, refusal.text)

    async def begin(self, verdict: Verdict, entry: Entry, method: str, subject: str, arguments: Any) -> CallEntry:
        """Takes from the limits and notes the call. `subject` is what is called, in the upstream's words."""
        name = subject if method == "tools/call" else f"{method} {subject}"
        _follow(verdict, entry, method, subject)
        await self.limit(verdict, entry, subject if method == "tools/call" else method)
        return self._guard.calls.begin(verdict, entry.offered.upstream, name, raw_arguments(arguments))

    async def begin_completion(self, verdict: Verdict, entry: Entry, params: dict[str, Any]) -> CallEntry:
        """`begin` for `completion/complete`, of which one line may stand for many."""
        _follow(verdict, entry, completions.METHOD, "")
        await self.limit(verdict, entry, completions.METHOD)
        arguments = raw_arguments(params.get("argument"))
        return self._completions.begin(
            verdict, entry.offered.upstream, completions.subject_of(entry.offered.name, params), arguments
        )

    async def limit(self, verdict: Verdict, entry: Entry, what: str) -> None:
        """Takes one call of a tool, or of a method: one allowance for all resources, not one for each URI."""
        wait = self._guard.limits.take(verdict, f"{entry.offered.upstream}/{what}")
        seconds = wait if isinstance(wait, float | int) else await wait
        if seconds > 0:
            figures.limited(entry.offered.upstream, what)
            text = f"Too many calls. Wait {seconds:.0f} seconds before calling {entry.public} again."
            raise RpcError(LIMITED, text, {"retryAfter": round(seconds, 1)})

    def note(self, verdict: Verdict, entry: Entry, method: str, subject: str, arguments: Any) -> None:
        """Puts on record what was granted without a call of its own."""
        self._guard.calls.begin(verdict, entry.offered.upstream, f"{method} {subject}", raw_arguments(arguments)).end("ok")

    async def credential(self, verdict: Verdict, entry: Entry) -> str | None:
        """What the upstream is shown for this person."""
        return await credential_for(self._guard, verdict, entry.upstream.config.credential if entry.upstream else "none")


def _follow(verdict: Verdict, entry: Entry, method: str, subject: str) -> None:
    """Says in the call's trace whose it is and what it calls, as the fast lane does; a URI or a prompt's name is not told."""
    trace = telemetry.current()
    if trace is None:
        return
    trace.carrier_id = verdict.caller.carrier_id
    trace.note(mcp__method__name=method, dot__upstream=entry.offered.upstream)
    if method == "tools/call":
        trace.note(gen_ai__tool__name=subject)


def raw_arguments(arguments: Any) -> bytes:
    """The arguments as they are hashed: equal ones give equal bytes."""
    return b"{}" if arguments is None else orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)


async def credential_for(guard: Guard, verdict: Verdict, kind: str) -> str | None:
    """The credential of a configured kind: "none", "internal" or "github"."""
    if kind == "internal":
        return guard.credentials.internal(verdict).decode("ascii")
    if kind == "github":
        return await guard.credentials.github(verdict)
    return None
