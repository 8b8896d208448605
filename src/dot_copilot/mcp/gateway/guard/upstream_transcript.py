"""Notes the calls of others' tools for the transcript (`dot_copilot.mcp.transcript`); those of our own our own server notes."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Final

import msgspec
import orjson
from msgspec import UNSET

from dot_copilot.core.caller import ASSISTANT
from dot_copilot.mcp.gateway.ports import Outcome, Verdict
from dot_copilot.mcp.gateway.wire.jsonrpc import envelope
from dot_copilot.mcp.transcript import Call, Transcript

_NOT_CALLED: Final = frozenset({"completion/complete", "resources/subscribe", "resources/unsubscribe", "subscriptions/listen"})
"""What stands in the record of calls beside calls: letters that are typed, and news that are ordered."""


class Asked(msgspec.Struct):
    """A call under way, with what is kept of it. `trace` is the id of its trace, b"" without one."""

    verdict: Verdict
    upstream: str
    tool: str
    arguments: bytes
    trace: bytes


class UpstreamTranscript:
    """The transcript as the gateway writes it. `own` are the upstreams whose calls somebody else notes."""

    def __init__(self, kept: Transcript, own: Collection[str]) -> None:
        self._kept, self._own = kept, frozenset(own)
        self._off = kept.off

    def running(self) -> AbstractAsyncContextManager[None]:
        """Writes in the background."""
        return self._kept.running()

    def asked(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, trace: bytes) -> Asked | None:
        """What to hand to `told` when the call has ended; None if it is not kept."""
        if upstream in self._own or self._off or tool.partition(" ")[0] in _NOT_CALLED:
            return None
        return Asked(verdict, upstream, tool, arguments, trace)

    def told(self, call: str, asked: Asked, outcome: Outcome, *, answer: bytes, error: str | None, seconds: float) -> None:
        """`answer` is the message that answered, b"" when none did; `call` the call's id in the audit log. Never raises."""
        if outcome == "refused":  # it has asked nobody
            return
        caller = asked.verdict.caller
        self._kept.keep(
            Call(
                id=call,
                carrier_id=caller.carrier_id,
                user_id=caller.user_id,
                client=caller.via.removeprefix(ASSISTANT),
                upstream=asked.upstream,
                tool=asked.tool,
                arguments=asked.arguments,
                told=orjson.dumps(error) if error or not answer else _payload(answer),
                outcome=outcome,
                at=self._kept.clock.now() - timedelta(seconds=seconds),
                seconds=seconds,
                trace_id=asked.trace.decode() or None,
            )
        )


def _payload(answer: bytes) -> bytes:
    """The result of a message, or its error."""
    try:
        frame = envelope(answer)
    except ValueError:
        return orjson.dumps("what came is no message of JSON-RPC")
    found = frame.error if frame.result is UNSET else frame.result
    return bytes(found) if isinstance(found, msgspec.Raw) else b"null"
