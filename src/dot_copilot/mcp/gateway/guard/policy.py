"""What a person sees and may call: the scopes granted and still held by the role, the carrier's approvals, the credential."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from uuid import UUID

import orjson

from dot_copilot.core.caller import Role
from dot_copilot.core.scopes import held
from dot_copilot.mcp.gateway.guard.pins import Pins
from dot_copilot.mcp.gateway.ports import Offered, Refused, Verdict, Withheld

ROLES_META = "dot-copilot/roles"
"""In `_meta` of a tool of our own server: the roles it is for, where the scope alone would say too much."""
_ASK = "Ask an administrator of your carrier"


class ToolPolicy:
    """The `Policy`.

    `needs_github`: names of upstreams that are shown the person's own GitHub token; `has_github` says whether one is
    attached, without waiting (the gatekeeper has learnt it before).
    """

    def __init__(self, pins: Pins, needs_github: frozenset[str], has_github: Callable[[UUID], bool]) -> None:
        self._pins, self._needs_github, self._has_github = pins, needs_github, has_github
        self._version = 1
        self._effective: dict[tuple[Role, frozenset[str]], frozenset[str]] = {}
        self._roles: dict[str, frozenset[str] | None] = {}

    @property
    def version(self) -> int:
        """Rises whenever any answer may have changed."""
        return self._version

    def changed(self) -> None:
        """Somebody approved, rejected, attached or removed something."""
        self._version += 1

    def sees(self, verdict: Verdict, item: Offered) -> bool:
        """Whether the item is in this person's lists."""
        caller = verdict.caller
        return (
            (not item.scope or item.scope in self._scopes(verdict))
            and self._is_for(caller.role, item)
            and self._pins.allows(caller.carrier_id, item)
            and (item.upstream not in self._needs_github or self._has_github(caller.user_id))
        )

    def view(self, verdict: Verdict) -> Hashable:
        """Equal for people who see the same: role, scopes, the carrier if it decided anything, whether GitHub is attached."""
        caller = verdict.caller
        github = bool(self._needs_github) and self._has_github(caller.user_id)
        return caller.role, self._scopes(verdict), self._pins.view(caller.carrier_id), github

    def refusal(self, verdict: Verdict, item: Offered) -> Refused | Withheld | None:
        """Why the item may not be used. A scope that the role could hold is a 403, so that the client asks for it."""
        caller, scope = verdict.caller, item.scope
        if (scope and scope not in held(caller.role)) or not self._is_for(caller.role, item):
            return Withheld(f"A person with the role {caller.role} may not use '{item.name}'. {_ASK} for another role.")
        if scope and scope not in self._scopes(verdict):
            text = f"'{item.name}' needs the permission '{scope}', which was not granted to this client."
            return Refused(403, "insufficient_scope", text, sorted(verdict.scopes | {scope}))
        if not self._pins.allows(caller.carrier_id, item):
            return Withheld(
                f"'{item.name}' of {item.upstream} is held back: its definition is new or has changed, and is not approved. "
                f"{_ASK} to look at it in the web application, under Assistants."
            )
        if item.upstream in self._needs_github and not self._has_github(caller.user_id):
            return Withheld(f"'{item.name}' needs your GitHub token. Attach one in the web application, under Assistants.")
        return None

    def _is_for(self, role: Role, item: Offered) -> bool:
        """Whether the tool names the role, or names none. Read once a definition; others' servers have no say in our roles."""
        if not self._pins.is_built_in(item.upstream):
            return True
        if item.hash not in self._roles:
            if len(self._roles) > 10_000:
                self._roles.clear()
            meta = orjson.loads(item.definition).get("_meta") or {}
            named = meta.get(ROLES_META)
            self._roles[item.hash] = frozenset(named) if isinstance(named, list) else None
        roles = self._roles[item.hash]
        return roles is None or role.value in roles

    def _scopes(self, verdict: Verdict) -> frozenset[str]:
        """What was granted and the role still holds; one object per combination, so that views compare at once."""
        key = verdict.caller.role, verdict.scopes
        scopes = self._effective.get(key)
        if scopes is None:
            scopes = self._effective[key] = verdict.scopes & frozenset(str(scope) for scope in held(verdict.caller.role))
        return scopes
