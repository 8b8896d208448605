"""Calls the public API in process: one ASGI call, no socket, so that its rights, tenancy, validation and audit hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from starlette.types import ASGIApp, Message

from dot_copilot.mcp.server.visitor import Visitor

Language = Literal["en", "es"]
T = TypeVar("T")
_PREFIX = "/api/v1"
_JSON = (b"content-type", b"application/json")


class FieldProblem(msgspec.Struct, frozen=True):
    """A wrong field of a request, and what to do about it."""

    field: str
    problem: str


class ProblemDetails(msgspec.Struct, frozen=True):
    """The API's error answer (RFC 9457)."""

    type: str = ""
    title: str = "The request was refused"
    detail: str = ""
    errors: tuple[FieldProblem, ...] = ()

    @property
    def slug(self) -> str:
        """The last part of the type, such as `unknown-terminal`."""
        return self.type.rsplit("/", maxsplit=1)[-1]


class Refusal(Exception):
    """The API refused: its status and its problem document."""

    def __init__(self, status: int, problem: ProblemDetails) -> None:
        super().__init__(problem.title)
        self.status, self.problem = status, problem


def path(*parts: object) -> str:
    """A path of the API, each part escaped."""
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)


class Api:
    """The API as one visitor sees it."""

    __slots__ = ("_app", "_language", "visitor")

    def __init__(self, app: ASGIApp, visitor: Visitor, language: Language = "en") -> None:
        self._app, self.visitor, self._language = app, visitor, language

    async def get(self, where: str, kind: type[T], **query: object) -> T:
        """The answer to a GET as `kind`; members that `kind` lacks are dropped. Absent (None) parameters are not sent."""
        text = {name.rstrip("_"): _word(value) for name, value in query.items() if value is not None}
        return msgspec.json.decode(await self._call("GET", where, urlencode(text), b""), type=kind)

    async def post(self, where: str, body: Mapping[str, object], kind: type[T]) -> T:
        """The answer to a POST as `kind`."""
        return msgspec.json.decode(await self._call("POST", where, "", msgspec.json.encode(body)), type=kind)

    async def _call(self, method: str, where: str, query: str, body: bytes) -> bytes:
        full = _PREFIX + where
        headers = [(b"host", b"internal"), (b"authorization", self.visitor.authorization)]
        headers += [(b"accept-language", self._language.encode()), (b"content-length", str(len(body)).encode()), _JSON]
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": full,
            "raw_path": full.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
            "state": {},
        }
        exchange = _Exchange(body)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception:
            # What no handler knows is answered and logged by the API first, then raised again for the HTTP server's sake.
            if exchange.status == 0:
                raise
        answer = b"".join(exchange.chunks)
        if exchange.status >= 400:
            raise Refusal(exchange.status, _problem(answer))
        return answer


class _Exchange:
    """One request and its answer, as ASGI messages."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0
        self.chunks: list[bytes] = []

    async def receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _problem(answer: bytes) -> ProblemDetails:
    try:
        return msgspec.json.decode(answer, type=ProblemDetails)
    except msgspec.DecodeError:
        return ProblemDetails(detail="The answer was not understood. Try again in a moment.")
