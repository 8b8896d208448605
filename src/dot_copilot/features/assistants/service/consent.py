"""What an assistant asks a person for, and the person's answer.

The answer is a call with the person's own bearer token, bound to one request, so no other site's page can give it (CSRF); a
page that we did not make can't show ours in a frame either.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.core.http import Locale
from dot_copilot.core.platform import Platform
from dot_copilot.core.scopes import WRITES, Scope, held
from dot_copilot.features.assistants import redirects
from dot_copilot.features.assistants.errors import ConsentEnded, OwnPasswordFirst, PagesOnly, ScopeNotHeld
from dot_copilot.features.assistants.models import AuthorizationRequest, Code, OAuthClient
from dot_copilot.features.assistants.repository import catalogue, clients, grants
from dot_copilot.features.assistants.schemas import ConsentAnswer, ConsentClient, ConsentRequest, ConsentScope, ConsentTool
from dot_copilot.features.assistants.service.clients import digest
from dot_copilot.features.assistants.words import of_tool, title_and_description
from dot_copilot.features.identity.repository import users

CODE_LIFE = timedelta(seconds=60)


def refuse_assistants(caller: Caller) -> None:
    """An assistant may not connect assistants, nor change anything else about them."""
    if caller.is_assistant:
        raise PagesOnly("Do this yourself, on the Assistants page.")


async def read(platform: Platform, door: Door, caller: Caller, request_id: str, locale: Locale) -> ConsentRequest:
    """What is asked for, with the tools that each scope opens today; `ConsentEnded` when it can't be answered any more."""
    refuse_assistants(caller)
    request = await _pending(platform, door, request_id)
    client = await clients.of_request(door, request.client_id)
    tools: dict[str, list[ConsentTool]] = {}
    own = held(caller.role)
    for row in await catalogue.tools(door, caller.role, request.scopes):
        if row["status"] == "approved":
            title, description = of_tool(row["name"], row["definition"])
            tools.setdefault(row["scope"] or "", []).append(ConsentTool(name=row["name"], title=title, description=description))
    scopes = []
    for scope in request.asked:
        title, description = title_and_description(scope, locale)
        scopes.append(
            ConsentScope(
                scope=scope,
                title=title,
                description=description,
                write=scope in WRITES,
                allowed=scope in own,
                tools=tools.get(scope, []),
            )
        )
    return ConsentRequest(id=request.id, client=_shown(client, request), scopes=scopes, expires_at=request.expires_at)


def _shown(client: OAuthClient, request: AuthorizationRequest) -> ConsentClient:
    place = redirects.place(request.redirect_uri)
    published_at = redirects.place(client.id) if client.kind == "document" else None
    return ConsentClient(
        id=client.id, name=client.name, uri=client.uri, redirect_host=place, verified=published_at == place != "this computer"
    )


async def _pending(platform: Platform, door: Door, request_id: str) -> AuthorizationRequest:
    request = await clients.pending(door, request_id, platform.clock.now())
    if request is None:
        raise ConsentEnded
    return request


async def approve(platform: Platform, door: Door, caller: Caller, request_id: str, scopes: list[Scope]) -> ConsentAnswer:
    """A code for the client, good once, for a minute, with the scopes the person ticked."""
    refuse_assistants(caller)
    request = await _pending(platform, door, request_id)
    _check_scopes(caller, request, frozenset(scopes))
    account = await users.get(door, caller.user_id)
    if account is None or account.one_time_until is not None:
        raise OwnPasswordFirst("Replace the one-time password, then connect the assistant.")
    now = platform.clock.now()
    if not await clients.answer(door, request.id, now):
        raise ConsentEnded
    code = secrets.token_urlsafe(32)
    granted = Code(
        user_id=caller.user_id,
        client_id=request.client_id,
        redirect_uri=request.redirect_uri,
        code_challenge=request.code_challenge,
        scopes=[scope.value for scope in Scope if scope in scopes],
        expires_at=now + CODE_LIFE,
        used_at=None,
        session_id=None,
    )
    await grants.add_code(door, digest(code), granted)
    await clients.touch(door, request.client_id, now)
    return _redirect(platform, request, {"code": code})


def _check_scopes(caller: Caller, request: AuthorizationRequest, scopes: frozenset[Scope]) -> None:
    problem = None
    if more := scopes - set(request.asked):
        problem = f"The assistant did not ask for {', '.join(sorted(more))}."
    elif not scopes - {Scope.OFFLINE_ACCESS}:
        problem = "Choose at least one group of tools, or refuse."
    if problem:
        raise Invalid(f"{problem} Nothing was granted.", errors=[FieldProblem(field="scopes", problem=problem)])
    if beyond := scopes - held(caller.role):
        raise ScopeNotHeld(f"The role {caller.role} does not hold {', '.join(sorted(beyond))}. Connect without it.")


async def deny(platform: Platform, door: Door, caller: Caller, request_id: str) -> ConsentAnswer:
    """Tells the client that the person refused."""
    refuse_assistants(caller)
    request = await _pending(platform, door, request_id)
    client = await clients.of_request(door, request.client_id)
    if not await clients.answer(door, request.id, platform.clock.now()):
        raise ConsentEnded
    details = {"client_name": client.name, "scopes": request.scopes}
    await audit.record(door, "assistant.refused", "assistant", client.id, details)
    return _redirect(platform, request, {"error": "access_denied", "error_description": "The person refused."})


def _redirect(platform: Platform, request: AuthorizationRequest, values: dict[str, str]) -> ConsentAnswer:
    answer = {**values, "state": request.state, "iss": platform.settings.public_url}
    return ConsentAnswer(redirect_to=redirects.with_query(request.redirect_uri, answer))
