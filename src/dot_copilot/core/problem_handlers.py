"""Every error leaves as problem details (RFC 9457), whatever raised it."""

from __future__ import annotations

import logging
import secrets

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from dot_copilot.core import telemetry
from dot_copilot.core.errors import (
    PROBLEM_MEDIA_TYPE,
    BadRequest,
    Conflict,
    FieldProblem,
    Invalid,
    NotFound,
    Problem,
    Unavailable,
)

log = logging.getLogger(__name__)
# Shutting down, starting up, out of connections, a statement that ran out of time, an answer cut off in its midst, or no server
# at all. asyncio raises a plain OSError when a name has several addresses and none of them answers.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    ConnectionError,
    TimeoutError,
)
_BY_STATUS: dict[int, type[Problem]] = {400: BadRequest, 404: NotFound}


def answer(problem: Problem, request: Request) -> JSONResponse:
    """The problem document as a response."""
    return JSONResponse(
        problem.body(request.url.path), status_code=problem.status, headers=problem.headers, media_type=PROBLEM_MEDIA_TYPE
    )


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location if part not in ("body", "query", "path", "header")) or "body"


def _incident(request: Request, error: Exception) -> str:
    """Puts what nobody foresaw on record; returns the number that it is found by: the beginning of the trace's id."""
    trace = telemetry.current()
    incident = trace.trace_id[:8] if trace is not None else secrets.token_hex(4)
    log.error("incident %s on %s %s", incident, request.method, request.url.path, exc_info=error)
    if trace is not None:
        trace.fail(error)
    return incident


async def _on_left(request: Request, _error: Exception) -> Response:
    log.info("the client left before its request was whole: %s %s", request.method, request.url.path)
    return Response(status_code=499)  # as nginx counts them; nobody is there to read it


def install(app: FastAPI) -> None:
    """Registers the handlers."""

    @app.exception_handler(Problem)
    async def on_problem(request: Request, error: Problem) -> JSONResponse:
        return answer(error, request)

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [FieldProblem(field=_field(e["loc"]), problem=e["msg"]) for e in error.errors()]
        named = ", ".join(dict.fromkeys(f.field for f in fields))
        return answer(Invalid(f"Check {named}. Nothing was saved.", errors=fields), request)

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        cls = _BY_STATUS.get(error.status_code)
        if cls is None:
            cls = type("HttpProblem", (Problem,), {"status": error.status_code, "slug": "http", "title": str(error.detail)})
        return answer(cls(str(error.detail), headers=dict(error.headers or {})), request)

    @app.exception_handler(asyncpg.UniqueViolationError)
    async def on_unique(request: Request, _error: asyncpg.UniqueViolationError) -> JSONResponse:
        return answer(Conflict("This is recorded already. Nothing was changed."), request)

    @app.exception_handler(asyncpg.CharacterNotInRepertoireError)
    async def on_character(request: Request, _error: asyncpg.CharacterNotInRepertoireError) -> JSONResponse:
        return answer(Invalid("A text contains a character that can't be stored (NUL). Nothing was saved."), request)

    @app.exception_handler(Exception)
    async def on_any(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, GONE) or type(error) is OSError:
            log.warning("dependency gone: %s", type(error).__name__)
            detail = "The database is not answering. Nothing was saved; try again in a few seconds."
            return answer(Unavailable(detail, headers={"Retry-After": "2"}), request)
        return answer(Problem(f"Tell support this number: {_incident(request, error)}. Nothing was saved."), request)

    app.add_exception_handler(ClientDisconnect, _on_left)
    for gone in (*GONE, OSError):
        app.add_exception_handler(gone, on_any)
