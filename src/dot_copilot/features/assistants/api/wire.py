"""How the authorization server reads requests and says what is wrong: RFC 6749's ways, not problem details."""

from __future__ import annotations

import base64
import binascii
import html
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from dot_copilot.core.problem_handlers import GONE
from dot_copilot.features.assistants.oauth_errors import OAuthError, RedirectedError, invalid_client

log = logging.getLogger(__name__)
MOST_BYTES = 32 * 1024
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# Clients that run in a browser read these answers from their own origin. No cookie counts here, so any origin may.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, mcp-protocol-version",
    "Access-Control-Max-Age": "3600",
}
_FORM = "application/x-www-form-urlencoded"
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>This assistant can't be connected</title>
<meta name="viewport" content="width=device-width"><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:36rem;
margin:15vh auto;padding:0 1rem;color-scheme:light dark}}code{{font-size:.85em}}</style>
<h1>This assistant can&#8217;t be connected</h1><p>{description}</p><p><code>{error}</code></p></html>"""
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class OAuthRoute(APIRoute):
    """A route whose errors are OAuth's."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except RedirectedError as error:
                return RedirectResponse(error.location, 302, {**NO_STORE, "Referrer-Policy": "no-referrer"})
            except OAuthError as error:
                return answer_error(request, error)
            except (*GONE, OSError) as gone:
                log.warning("dependency gone: %s", type(gone).__name__)
                text = "A part we depend on is not answering. Try again in a few seconds."
                silent = OAuthError("temporarily_unavailable", text, status=503, headers={"Retry-After": "2"})
                return answer_error(request, silent)

        return guarded


def answer_error(request: Request, error: OAuthError) -> Response:
    """JSON; a page for a person, who sees nothing else when a browser was sent here."""
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        page = _PAGE.format(description=html.escape(error.description), error=html.escape(error.error))
        return HTMLResponse(page, error.status, {**NO_STORE, **_PAGE_HEADERS, **error.headers})
    return JSONResponse(error.body(), error.status, {**NO_STORE, **CORS, **error.headers})


async def read_body(request: Request, media_type: str) -> bytes:
    """The body, within bounds; `invalid_request` for one that is too large, or of another type."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise OAuthError("invalid_request", f"Send {media_type}.")
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise OAuthError("invalid_request", f"The body has more than {MOST_BYTES:,} bytes.", status=413)
    except ClientDisconnect:
        raise OAuthError("invalid_request", "The body ended early.") from None
    return body


def parse_parameters(text: str) -> dict[str, list[str]]:
    """Parameters of a query or form; each keeps all its values."""
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=100, errors="strict")
    except (ValueError, UnicodeError):
        raise OAuthError("invalid_request", "The parameters can't be read: there are too many, or they are not UTF-8.") from None


async def read_form(request: Request) -> tuple[dict[str, str], list[str]]:
    """The parameters of a token or revocation request, each once (RFC 6749 section 3.2), and the `resource`s."""
    body = await read_body(request, _FORM)
    values = parse_parameters(body.decode("utf-8", "replace"))
    resources = values.pop("resource", [])
    for name, found in values.items():
        if len(found) > 1:
            raise OAuthError("invalid_request", f"{name[:50]} was sent more than once.")
    return {name: found[0] for name, found in values.items() if found[0]}, resources


def client_credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str | None, bool]:
    """The client's id and secret, and whether they came in the Authorization header (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        if not form.get("client_id"):
            raise invalid_client("Name the client_id.")
        return form["client_id"], form.get("client_secret"), False
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        client_id = colon = secret = ""
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if not colon or not client_id:
        raise invalid_client("The Authorization header can't be read.", basic=True)
    if "client_secret" in form or form.get("client_id", client_id) != client_id:
        raise OAuthError("invalid_request", "Send the client's credentials in one way only.")
    return client_id, secret, True
