"""Notes the calls of our own tools for the transcript (`dot_copilot.mcp.transcript`)."""

from __future__ import annotations

import os
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from dot_copilot.core import telemetry
from dot_copilot.core.caller import ASSISTANT, Caller
from dot_copilot.core.clock import Clock
from dot_copilot.core.ports import EventDocuments
from dot_copilot.mcp import transcript
from dot_copilot.mcp.transcript import Call, Mode


class Transcript:
    """The transcript as our server writes it. Of an answer in wire form it keeps what is structured, or the words of an error."""

    def __init__(self, store: EventDocuments, clock: Clock, mode: Mode) -> None:
        self._kept = transcript.Transcript(store, clock, mode)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Writes in the background."""
        return self._kept.running()

    def note(self, caller: Caller, tool: str, arguments: dict[str, Any], answer: dict[str, Any], seconds: float) -> None:
        """One call. Takes a few microseconds, whatever the store does."""
        if self._kept.off:
            return
        failed = bool(answer["isError"])
        trace = telemetry.current()
        call = Call(
            id=os.urandom(16).hex(),
            carrier_id=caller.carrier_id,
            user_id=caller.user_id,
            client=caller.via.removeprefix(ASSISTANT),
            upstream=None,
            tool=tool,
            arguments=arguments,
            told=answer["content"][0]["text"] if failed else answer["structuredContent"],
            outcome="tool_error" if failed else "ok",
            at=self._kept.clock.now() - timedelta(seconds=seconds),
            seconds=seconds,
            trace_id=trace.trace_id if trace else None,
        )
        self._kept.keep(call)
