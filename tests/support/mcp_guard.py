"""A guard for tests of the gateway's core: everybody is let in, and what happens is written down."""

from __future__ import annotations

import time
from collections.abc import Hashable
from uuid import UUID

from msgspec import Struct, field

from dot_copilot.core.caller import Caller, Role
from dot_copilot.mcp.gateway.guard.endings import LocalEndings
from dot_copilot.mcp.gateway.ports import Endings, Guard, Offered, Outcome, Refused, UpstreamState, Verdict, Withheld


def verdict(person: int = 1, client: str = "test-client", scopes: frozenset[str] = frozenset()) -> Verdict:
    """The verdict on a made-up person's token."""
    caller = Caller(
        session_id=UUID(int=1000 + person),
        user_id=UUID(int=person),
        carrier_id=UUID(int=7),
        role=Role.ADMIN,
        token_version=1,
        expires_at=int(time.time()) + 3600,
        via="mcp:test",
    )
    return Verdict(caller, client, "Test", scopes, person.to_bytes(32, "big"))


class Ended(Struct):
    """One call in the log."""

    upstream: str
    tool: str
    arguments: bytes
    outcome: Outcome | None = None
    error: str | None = None
    answer: bytes = b""

    def end(self, outcome: Outcome, error: str | None = None, answer: bytes = b"") -> None:
        assert self.outcome is None, "a call is ended once"
        self.outcome, self.error, self.answer = outcome, error, answer


class OpenGuard(Struct):
    """All of the guard's protocols. `Bearer <n>` is person n; without a token it is person 1 unless `strict`."""

    strict: bool = False
    version: int = 1
    wait: float = 0.0
    hidden: set[str] = field(default_factory=set)
    scopes: dict[str, str] = field(default_factory=dict)
    calls: list[Ended] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    people: dict[bytes, Verdict] = field(default_factory=dict)
    ended: set[bytes] = field(default_factory=set)
    endings: Endings = field(default_factory=LocalEndings)

    def known(self, authorization: bytes) -> Verdict | None:
        if authorization in self.ended or (self.strict and not authorization):
            return None
        found = self.people.get(authorization)
        if found is None:
            words = authorization.split()
            number = int(words[1]) if len(words) == 2 and words[1].isdigit() else 1
            found = self.people[authorization] = verdict(number)
        return found

    async def admit(self, authorization: bytes) -> Verdict:
        raise Refused(401, "invalid_token" if authorization else "", "Sign in.", ("drivers:read",))

    def sees(self, verdict: Verdict, item: Offered) -> bool:
        return item.name not in self.hidden

    def view(self, verdict: Verdict) -> Hashable:
        return "everybody"

    def refusal(self, verdict: Verdict, item: Offered) -> Refused | Withheld | None:
        needs = self.scopes.get(item.name)
        if needs is not None and needs not in verdict.scopes:
            return Refused(403, "insufficient_scope", f"{item.name} needs {needs}", (needs,))
        return Withheld(f"{item.name} is held back.") if item.name in self.hidden else None

    def take_at_once(self, verdict: Verdict, tool: str) -> bool:
        return self.wait == 0.0

    def take(self, verdict: Verdict, tool: str) -> float:
        return self.wait

    def begin(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes) -> Ended:
        self.calls.append(Ended(upstream, tool, arguments))
        return self.calls[-1]

    def internal(self, verdict: Verdict) -> bytes:
        return b"internal-%d" % verdict.caller.user_id.int

    async def github(self, verdict: Verdict) -> str | None:
        return f"github-{verdict.caller.user_id.int}"

    def offered(self, upstream: str, items: list[Offered]) -> None:
        return None

    def upstream(self, name: str, state: UpstreamState, detail: str, tools: int) -> None:
        self.states[name] = state
        self.details[name] = detail

    def guard(self) -> Guard:
        """This object in every place of a guard."""
        return Guard(self, self, self, _Log(self), self, self, self.endings)


class _Log(Struct):
    owner: OpenGuard

    def begin(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes) -> Ended:
        return self.owner.begin(verdict, upstream, tool, arguments)

    def enter(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, trace: bytes = b"") -> Ended:
        return self.owner.begin(verdict, upstream, tool, arguments)

    def refused(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, error: str) -> None:
        self.owner.begin(verdict, upstream, tool, arguments).end("refused", error)

    def write(self) -> None:
        return None
