"""Hot reads: a route that is asked for most of all, answered before FastAPI's dependency machinery.

A feature still declares the route for FastAPI, which documents it and answers what is unusual about a request (an id that is no
UUID, another method). The hot read runs the same functions: caller, permission, door, service. See ADR 8.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.database import Door
from dot_copilot.core.http import caller_of, refuse
from dot_copilot.core.platform import Platform
from dot_copilot.core.telemetry.asgi import ROUTE

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_TYPE = (b"content-type", b"application/json")


@dataclass(frozen=True)
class HotRead:
    """`GET <prefix><uuid>`, for callers that hold one of `permissions`; `read` is the service's function.

    `route` is the path of the route FastAPI knows it by, which telemetry counts it as.
    """

    prefix: str
    route: str
    permissions: tuple[Permission, ...]
    read: Callable[[Door, Caller, UUID], Awaitable[BaseModel]]


class HotReads:
    """ASGI middleware that answers hot reads and hands everything else on."""

    def __init__(self, app: ASGIApp, *, api: FastAPI, prefix: str, reads: list[HotRead]) -> None:
        self._app, self._api, self._prefix = app, api, prefix
        self._reads = [(prefix + hot.prefix, hot) for hot in reads]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            path: str = scope["path"]
            for prefix, hot in self._reads:
                if path.startswith(prefix) and _UUID.fullmatch(path, len(prefix)):
                    scope[ROUTE] = self._prefix + hot.route
                    await self._answer(hot, UUID(path[len(prefix) :]), scope, receive, send)
                    return
        await self._app(scope, receive, send)

    async def _answer(self, hot: HotRead, key: UUID, scope: Scope, receive: Receive, send: Send) -> None:
        platform: Platform = self._api.state.platform
        try:
            caller = await caller_of(platform, _authorization(scope), time.time())
            refuse(caller, hot.permissions)
            async with platform.database.door(caller) as door:
                found = await hot.read(door, caller, key)
            body = found.__pydantic_serializer__.to_json(found)
        except Exception as error:
            handler = _handler(self._api, type(error))
            if handler is None:
                raise
            response = await handler(Request(scope, receive), error)  # type: ignore[misc]
            await response(scope, receive, send)
            return
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [_TYPE, length]})
        await send({"type": "http.response.body", "body": body})


def _authorization(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return str(value, "latin-1")
    return ""


def _handler(app: FastAPI, error: type[BaseException]) -> Callable[..., object] | None:
    return next((app.exception_handlers[cls] for cls in error.__mro__ if cls in app.exception_handlers), None)
