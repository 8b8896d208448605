"""What the gateway asks of an upstream, over whatever transport it speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from dot_copilot.mcp.gateway.config import Timeouts, UpstreamConfig
from dot_copilot.mcp.gateway.ports import UpstreamState

Era = Literal["modern", "legacy", "both"]
Message = dict[str, Any]


class UpstreamError(Exception):
    """The upstream gave no usable answer. The text is for people and says what to do; it never holds a secret.

    `reason`: "down" (not reachable, nothing was sent), "timeout", "broken" (it may have run), "too_large",
    "refused" (401/403: the credential is wrong or lacks rights), "open" (circuit breaker).
    """

    def __init__(self, reason: Literal["down", "timeout", "broken", "too_large", "refused", "open"], text: str) -> None:
        super().__init__(text)
        self.reason, self.text = reason, text


class Fetched(Struct):
    """All an upstream offers: raw definitions as it sent them, every page followed (at most `max_pages`)."""

    tools: list[Message] = field(default_factory=list)
    prompts: list[Message] = field(default_factory=list)
    resources: list[Message] = field(default_factory=list)
    templates: list[Message] = field(default_factory=list)
    capabilities: Message = field(default_factory=dict)
    instructions: str = ""
    server_info: Message = field(default_factory=dict)


class Exchange(Struct):
    """One request to an upstream, as messages.

    `params` hold the upstream's own names. `credential`: what the upstream is shown (None = nothing). `on_notification`
    gets notifications that belong to this request (progress, log), as whole JSON-RPC messages; `on_request` gets requests
    the server makes while it serves this one (sampling, elicitation, roots) and returns the whole JSON-RPC answer; None =
    the client cannot answer, so the upstream gets -32601.
    """

    method: str
    params: Message
    credential: str | None = None
    timeouts: Timeouts | None = None
    on_notification: Callable[[Message], Awaitable[None]] | None = None
    on_request: Callable[[Message], Awaitable[Message]] | None = None


class Reply(Struct):
    """The upstream's answer: `result`, or `error` ({code, message, data})."""

    result: Message | None = None
    error: Message | None = None


class Upstream(Protocol):
    """A server behind the gateway.

    `exchange` is for transports without a byte relay (stdio) and for translation between eras. Cancelling the awaiting task
    cancels the request upstream (notifications/cancelled, or a closed connection). A request that may have run is never
    sent again. Raises `UpstreamError`.
    """

    config: UpstreamConfig

    @property
    def name(self) -> str: ...

    @property
    def era(self) -> Era: ...

    @property
    def state(self) -> UpstreamState: ...

    @property
    def detail(self) -> str:
        """Why it is not ready, for people; "" when it is."""
        ...

    @property
    def left_alone(self) -> bool:
        """Whether its breaker is open."""
        ...

    async def start(self, changed: Callable[[str], None]) -> None:
        """Begins; must not fail because the upstream is down. `changed(name)` is called when its lists have changed, or its
        state has (callable at any time from the event loop).
        """
        ...

    async def stop(self) -> None: ...

    async def fetch(self) -> Fetched:
        """Everything it offers, without a person's credential. Raises `UpstreamError`."""
        ...

    async def exchange(self, request: Exchange) -> Reply: ...
