"""Errors as classes, and problem details on the wire (RFC 9457)."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel

from dot_copilot.core import telemetry

PROBLEM_BASE = "https://dot-copilot.dev/problems/"
PROBLEM_MEDIA_TYPE = "application/problem+json"


class FieldProblem(BaseModel):
    """One wrong field of a request: where, and what to do about it."""

    field: str
    problem: str


class ProblemDetails(BaseModel):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldProblem] | None = None
    code: str | None = None
    """One stable word for why, where a type has several reasons."""
    trace_id: str | None = None
    """What support finds the request by, in traces and logs; also the header X-Request-Id."""


class Problem(Exception):
    """Base of all errors a caller may see. `detail` says what happened and what to do."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"
    code: str | None = None

    def __init__(self, detail: str, *, errors: list[FieldProblem] | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}

    def body(self, instance: str | None = None) -> dict[str, Any]:
        """The problem document, without absent members."""
        return ProblemDetails(
            type=PROBLEM_BASE + self.slug,
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            errors=self.errors,
            code=self.code,
            trace_id=trace.trace_id if (trace := telemetry.current()) else None,
        ).model_dump(exclude_none=True)


class BadRequest(Problem):
    status, slug, title = 400, "bad-request", "The request can't be understood"


class InvalidCursor(Problem):
    status, slug, title = 400, "invalid-cursor", "This page marker is not valid here"


class Unauthorized(Problem):
    status, slug, title = 401, "unauthorized", "Sign in to go on"


class Forbidden(Problem):
    status, slug, title = 403, "forbidden", "Your role does not allow this"


class NotFound(Problem):
    status, slug, title = 404, "not-found", "There is no such thing here"


class Conflict(Problem):
    status, slug, title = 409, "conflict", "This clashes with what is already recorded"


class TooLarge(Problem):
    status, slug, title = 413, "too-large", "The file is too large"


class UnsupportedFile(Problem):
    status, slug, title = 415, "unsupported-file", "This kind of file is not accepted"


class Invalid(Problem):
    status, slug, title = 422, "invalid", "Some of what was sent is not valid"


class TooManyRequests(Problem):
    status, slug, title = 429, "too-many-requests", "Too many attempts"


class Unavailable(Problem):
    status, slug, title = 503, "unavailable", "A part we depend on is not answering"


def problems(*classes: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, so that the OpenAPI document shows each error it can give."""
    documented: dict[int | str, dict[str, Any]] = {}
    for cls in classes:
        entry = documented.setdefault(
            cls.status,
            {"description": "", "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}},
        )
        entry["description"] = "; ".join(filter(None, [entry["description"], cls.title]))
    return documented
