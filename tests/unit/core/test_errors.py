"""Problem details: the body, the document, and how other errors become one."""

from __future__ import annotations

import logging

import asyncpg
import httpx
import pytest
from fastapi import FastAPI, HTTPException
from starlette.requests import ClientDisconnect

from dot_copilot.core import problem_handlers
from dot_copilot.core.errors import (
    PROBLEM_BASE,
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TooManyRequests,
    problems,
)
from dot_copilot.discovery import modules

SECRET = "postgres://dot_app:hunter2@db"


def test_the_body_has_what_rfc_9457_asks_and_nothing_empty() -> None:
    problem = Invalid("Check it.", errors=[FieldProblem(field="hired_on", problem="before birth")])
    assert problem.body("/api/v1/drivers") == {
        "type": f"{PROBLEM_BASE}invalid",
        "title": "Some of what was sent is not valid",
        "status": 422,
        "detail": "Check it.",
        "instance": "/api/v1/drivers",
        "errors": [{"field": "hired_on", "problem": "before birth"}],
    }
    assert set(NotFound("No.").body()) == {"type", "title", "status", "detail"}


def every(cls: type[Problem]) -> set[type[Problem]]:
    """All classes below `cls`."""
    return {cls}.union(*(every(sub) for sub in cls.__subclasses__()))


def test_a_problems_name_always_means_the_same() -> None:
    modules("errors"), modules("api")
    named = [cls for cls in every(Problem) if cls.__module__.startswith("dot_copilot")]
    assert len(named) > 15
    statuses: dict[str, int] = {}
    for cls in named:
        assert statuses.setdefault(cls.slug, cls.status) == cls.status, cls
    for cls in named:
        assert 400 <= cls.status < 600
        assert cls.slug == cls.slug.lower().replace(" ", "-")


def test_problems_of_one_status_share_one_entry_of_the_document() -> None:
    documented = problems(NotFound, Conflict, Forbidden)
    assert set(documented) == {403, 404, 409}
    assert problems(Conflict, type("Other", (Conflict,), {"title": "Other"}))[409]["description"] == f"{Conflict.title}; Other"


def failing(error: BaseException) -> FastAPI:
    """An application whose one route raises `error`."""
    app = FastAPI()
    problem_handlers.install(app)

    @app.get("/")
    async def fail(number: int = 1) -> None:
        raise error

    return app


async def answer(error: BaseException, path: str = "/") -> httpx.Response:
    """What a client sees of it."""
    transport = httpx.ASGITransport(failing(error), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


GONE = [
    asyncpg.ConnectionDoesNotExistError("gone"),
    asyncpg.AdminShutdownError("terminating connection due to administrator command"),
    asyncpg.CrashShutdownError("another server process crashed"),
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("got result for unknown protocol state 3"),
    asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    ConnectionRefusedError(111, "Connect call failed"),
    OSError("Multiple exceptions: [Errno 111], [Errno 111]"),
    TimeoutError(),
]


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
@pytest.mark.asyncio
async def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(error: Exception) -> None:
    response = await answer(error)
    assert (response.status_code, response.json()["type"]) == (503, f"{PROBLEM_BASE}unavailable")
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize("error", [RuntimeError(SECRET), asyncpg.UndefinedTableError(SECRET), KeyError(SECRET)])
@pytest.mark.asyncio
async def test_what_nobody_foresaw_is_a_number_for_support_without_any_secret(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    response = await answer(error)
    assert (response.status_code, response.json()["type"]) == (500, f"{PROBLEM_BASE}internal")
    assert SECRET not in response.text
    number = response.json()["detail"].split(":")[1].split(".")[0].strip()
    assert any(number in record.getMessage() for record in caplog.records)


@pytest.mark.asyncio
async def test_a_client_that_left_is_nobodys_fault(caplog: pytest.LogCaptureFixture) -> None:
    assert (await answer(ClientDisconnect())).status_code == 499
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.asyncio
async def test_other_errors_become_problems() -> None:
    cases: list[tuple[Exception, int, str]] = [
        (asyncpg.UniqueViolationError("dup"), 409, "conflict"),
        (asyncpg.CharacterNotInRepertoireError('invalid byte sequence for encoding "UTF8": 0x00'), 422, "invalid"),
        (HTTPException(405, "Method Not Allowed"), 405, "http"),
        (HTTPException(400, "There was an error parsing the body"), 400, "bad-request"),
        (TooManyRequests("Wait.", headers={"Retry-After": "9"}), 429, "too-many-requests"),
    ]
    for error, status, slug in cases:
        response = await answer(error)
        assert (response.status_code, response.json()["type"]) == (status, PROBLEM_BASE + slug)
        assert response.json()["instance"] == "/"
    assert (await answer(TooManyRequests("Wait.", headers={"Retry-After": "9"}))).headers["retry-after"] == "9"


@pytest.mark.asyncio
async def test_a_wrong_parameter_is_named() -> None:
    response = await answer(RuntimeError("never reached"), "/?number=many")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "number"
    assert "number" in response.json()["detail"]
