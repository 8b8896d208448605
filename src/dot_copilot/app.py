"""The API: composition root of the HTTP processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.telemetry._asgi import ExceptionTelemetryMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dot_copilot import __version__, garbage
from dot_copilot.compose import build_platform, telemetry_running
from dot_copilot.core import problem_handlers
from dot_copilot.core.hot import HotRead, HotReads
from dot_copilot.core.platform import Platform
from dot_copilot.core.settings import Settings
from dot_copilot.core.telemetry.asgi import ROUTE, UNMATCHED, Traced
from dot_copilot.discovery import modules
from dot_copilot.mcp.server import mount
from dot_copilot.openapi_document import demand_bearer, document_problems

PREFIX = "/api/v1"
Builder = Callable[[], Awaitable[Platform]]


class Api(FastAPI):
    """FastAPI with telemetry around everything, even what answers when something fails that nobody foresaw.

    It takes the place of FastAPI's own, which is switched off and would still ask for its settings at each request.
    """

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        stack = self.middleware_stack
        if stack is None or scope["type"] != "http":
            return super().__call__(scope, receive, send)
        scope["app"] = self
        return cast(Coroutine[Any, Any, None], stack(scope, receive, send))  # what FastAPI does, without two more calls

    def build_middleware_stack(self) -> ASGIApp:
        plain = frozenset(route.path for route in self.routes if isinstance(route, Route))

        def template(scope: MutableMapping[str, Any]) -> str:
            """The path of the route that answered, with the prefix of the router it is in, which `scope["route"]` lacks."""
            if ROUTE in scope:
                return str(scope[ROUTE])
            context = scope.get("fastapi", {}).get("effective_route_context")
            path = getattr(context, "path_format", "") or getattr(scope.get("route"), "path", "")
            return path or (scope["path"] if scope["path"] in plain else UNMATCHED)

        errors, telling = _outermost(super().build_middleware_stack())
        handler = cast(Callable[[Request, Exception], Awaitable[Response]], errors.handler)  # of `problem_handlers`

        async def failed(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
            """What `errors` does."""
            response = await handler(Request(scope), error)
            await response(scope, receive, send)

        return Traced(telling.app, template, failed)


def _outermost(stack: ASGIApp) -> tuple[ServerErrorMiddleware, ExceptionTelemetryMiddleware]:
    """FastAPI's two outermost layers: what answers for exceptions, and what tells its own telemetry of them. Ours does both."""
    inner = getattr(stack, "app", None)
    if not isinstance(stack, ServerErrorMiddleware) or not isinstance(inner, ExceptionTelemetryMiddleware):
        raise TypeError(f"FastAPI's outermost layers are others now ({type(stack).__name__}, {type(inner).__name__})")
    return stack, inner


def create_app(builder: Builder | None = None) -> FastAPI:
    """The application; `builder` makes its platform at start (tests pass their own)."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        platform = await (builder() if builder else build_platform(Settings(), "app"))
        app.state.platform = platform
        # A platform of somebody else's making is part of a process whose telemetry is not ours.
        telemetry = nullcontext() if builder else telemetry_running(platform.settings, platform.keys)
        async with telemetry, assistants.running(platform):
            if not builder:
                garbage.settle()
            yield
        await platform.close()

    app = Api(
        title="DOT-Copilot",
        version="1",  # of the interface, as in its paths; which version answers is said by /readyz
        summary="Driver qualification files, audit-ready under FMCSA rules",
        openapi_url="/api/openapi.json",
        docs_url="/api/docs",
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        telemetry={"tracing": False, "metrics": False, "logs": False},  # ours is cheaper, see ADR 13
    )
    assistants = mount.InternalMcp(app)
    app.router.routes.append(Route(mount.PATH, assistants, include_in_schema=False))
    problem_handlers.install(app)
    modules("subscribers")
    hot_reads: list[HotRead] = []
    for module in modules("api"):
        if hasattr(module, "public_router"):
            app.include_router(module.public_router, prefix=PREFIX)
        if hasattr(module, "root_router"):
            app.include_router(module.root_router)
        if hasattr(module, "router"):
            app.include_router(demand_bearer(module.router), prefix=PREFIX)
        hot_reads += getattr(module, "hot_reads", [])
    app.add_middleware(HotReads, api=app, prefix=PREFIX, reads=hot_reads)
    _add_health(app)
    document_problems(app)
    return app


def _add_health(app: FastAPI) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.get("/readyz", include_in_schema=False)
    async def ready(request: Request) -> Response:
        platform: Platform = request.app.state.platform
        checks = {
            "database": platform.database.ping,
            "valkey": platform.limiter.ready,
            "blobs": platform.blobs.ready,
            "secrets": platform.secrets.ready,
        }
        if platform.settings.event_documents == "mongodb":  # else it is the database
            checks["event_documents"] = platform.event_documents.ready
        parts = dict(zip(checks, await asyncio.gather(*(_state(check) for check in checks.values())), strict=True))
        good = all(state == "ok" for state in parts.values())
        body = {
            "status": "ready" if good else "not ready",
            "version": __version__,
            "colour": platform.settings.colour,
            "part": platform.settings.part,
            "parts": parts,
            "scanner": platform.scanner.name,  # "none": what people upload is not looked through for viruses
        }
        return JSONResponse(body, status_code=200 if good else 503)


async def _state(check: Callable[[], Awaitable[None]]) -> str:
    try:
        await asyncio.wait_for(check(), 2)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a dependency, readiness names it
        return f"not answering ({type(error).__name__})"
    return "ok"
