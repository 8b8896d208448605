"""What the OpenAPI document says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from dot_copilot.core.errors import PROBLEM_MEDIA_TYPE, BadRequest, InvalidCursor, ProblemDetails

_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of /auth/login"}
_PROBLEM = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}


def demand_bearer(router: APIRouter) -> APIRouter:
    """Marks every route of `router` as wanting a bearer token. The check itself is `core.http.CallerDep`."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.openapi_extra = {**(route.openapi_extra or {}), "security": [{"bearer": []}]}
        elif isinstance(inner := getattr(route, "original_router", None), APIRouter):  # a router included in this one
            demand_bearer(inner)
    return router


def _document_refusals(operation: dict[str, Any]) -> None:
    """Any body can be bytes that are no text, and any cursor one of another list: 400 where no route says so itself."""
    responses = operation.get("responses", {})
    if "422" in responses:
        responses["422"]["content"] = _PROBLEM
    paged = any(parameter["name"] == "cursor" for parameter in operation.get("parameters", []))
    refused = [BadRequest.title] * ("requestBody" in operation) + [InvalidCursor.title] * paged
    if refused:
        responses.setdefault("400", {"description": "; ".join(refused), "content": _PROBLEM})


def document_problems(app: FastAPI) -> None:
    """Adds the problem document to the schemas, and replaces FastAPI's own 422 by it."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = generate()
        components = document.setdefault("components", {})
        components["securitySchemes"] = {**components.get("securitySchemes", {}), "bearer": _BEARER}
        schemas = components.setdefault("schemas", {})
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["ProblemDetails"] = problem
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        for path in document["paths"].values():
            for operation in path.values():
                _document_refusals(operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
