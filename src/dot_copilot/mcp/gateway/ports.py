"""What the gateway's core needs from its guard: who asks, what they may see, how often, and who writes it down.

The core (wire, eras, catalogue, routing) codes against these protocols; `guard/` implements them on PostgreSQL and Redis.
"""

from __future__ import annotations

from collections.abc import Awaitable, Hashable, Iterable
from typing import Final, Literal, Protocol

from msgspec import Struct

from dot_copilot.core.caller import Caller
from dot_copilot.mcp.gateway.definitions import Kind

OWN: Final = "gateway"
"""Whose tools `find_tools` and `call_tool` are, in the record of calls."""
UpstreamState = Literal["ready", "starting", "down", "off"]
Outcome = Literal["ok", "tool_error", "error", "cancelled", "refused", "timeout"]


class Verdict(Struct, frozen=True, eq=False):
    """A valid access token, read: the person, the client they connected, and the scopes they consented to.

    `token_id` is the SHA-256 of the token: it names the token in caches and bindings without being one.
    """

    caller: Caller
    client_id: str
    client_name: str
    scopes: frozenset[str]
    token_id: bytes


class Refused(Exception):
    """The request ends at the door. `status` 401 and 403 carry WWW-Authenticate (RFC 6750, RFC 9728); 503 when nobody can tell.

    `error` is the OAuth error code ("" when no token was sent at all); `scopes` are all scopes the request needs.
    """

    def __init__(self, status: int, error: str, description: str, scopes: Iterable[str] = ()) -> None:
        super().__init__(description)
        self.status, self.error, self.description, self.scopes = status, error, description, tuple(scopes)


class Withheld(Struct, frozen=True):
    """A tool that exists but is not served to this carrier (quarantined, or its credential is missing): the text says why."""

    text: str


class Offered(Struct, frozen=True):
    """One definition an upstream offers. `name` is the upstream's own (a URI for resources, a URI template for templates).

    `hash` is `definitions.definition_hash`; `definition` the definition as the upstream sent it, as JSON; `scope` the one scope
    a caller needs ("" = any valid token).
    """

    upstream: str
    kind: Kind
    name: str
    hash: str
    scope: str
    definition: bytes


class Gatekeeper(Protocol):
    """Tells whose token it is. `known` is the hot path: no await, None when the answer must be asked for."""

    def known(self, authorization: bytes) -> Verdict | None: ...

    async def admit(self, authorization: bytes) -> Verdict:
        """The verdict on a header value (b"" when there was none); raises `Refused`."""
        ...


class Policy(Protocol):
    """What a person sees and may call. `version` rises whenever any answer may have changed (pins, credentials)."""

    @property
    def version(self) -> int: ...

    def sees(self, verdict: Verdict, item: Offered) -> bool: ...

    def view(self, verdict: Verdict) -> Hashable:
        """Key of what this person sees: two verdicts with equal keys see equal lists (at one `version`)."""
        ...

    def refusal(self, verdict: Verdict, item: Offered) -> Refused | Withheld | None:
        """Why this item may not be used, or None. `Refused` is a 403 that names every scope the item needs."""
        ...


class Limits(Protocol):
    """Rate limits per person and tool."""

    def take_at_once(self, verdict: Verdict, tool: str) -> bool:
        """Takes one if that can be told without waiting; False, and nothing taken, otherwise: then `take` tells."""
        ...

    def take(self, verdict: Verdict, tool: str) -> float | Awaitable[float]:
        """Seconds to wait before the call may be made; 0.0 = go on. `tool` is "<upstream>/<tool>"."""
        ...


class CallEntry(Protocol):
    """One call that has begun; it must be ended once, whatever happens."""

    def end(self, outcome: Outcome, error: str | None = None, answer: bytes = b"") -> None:
        """How it ended. `answer` is the message that answered the client, of which the transcript keeps what it is for."""
        ...


class CallLog(Protocol):
    """The audit of calls: synchronous and cheap (about 10 us); durable before the call reaches the upstream."""

    def begin(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes) -> CallEntry:
        """Notes that `tool` (the upstream's name) is called; `arguments` is their JSON, of which only the hash is kept."""
        ...

    def enter(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, trace: bytes = b"") -> CallEntry:
        """`begin` for calls that are made together: each may be made once `write` has returned, and not before.

        `trace` is the id of its trace, which `begin` finds out by itself.
        """
        ...

    def refused(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, error: str) -> None:
        """Notes a call that was not allowed. Of many in a minute the first have an entry each, the rest one that counts them."""
        ...

    def write(self) -> None:
        """Puts on disk what was entered and how what was entered before has ended; raises `Refused` if it cannot."""
        ...


class Credentials(Protocol):
    """What the gateway shows upstreams. The client's own token never leaves the gateway."""

    def internal(self, verdict: Verdict) -> bytes:
        """A short-lived token for our own server (without the word Bearer)."""
        ...

    async def github(self, verdict: Verdict) -> str | None:
        """The person's GitHub token, or None when none is attached."""
        ...


class Reports(Protocol):
    """Where the gateway tells what it has found out about its upstreams. Both are best effort and must not block."""

    def offered(self, upstream: str, items: list[Offered]) -> None:
        """All definitions of an upstream, after every fetch that changed something."""
        ...

    def upstream(self, name: str, state: UpstreamState, detail: str, tools: int) -> None: ...


class Endings(Protocol):
    """Sessions that their clients have ended. `key` names a session in every process."""

    def has(self, key: bytes) -> bool: ...

    async def add(self, key: bytes) -> None:
        """Holds in this process at once, and in the others as soon as they can be told. Does not raise."""
        ...


class Guard(Struct, frozen=True):
    """Everything above, together."""

    gatekeeper: Gatekeeper
    policy: Policy
    limits: Limits
    calls: CallLog
    credentials: Credentials
    reports: Reports
    endings: Endings
