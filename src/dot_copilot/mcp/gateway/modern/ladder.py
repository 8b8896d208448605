"""The checks every request of revision 2026-07-28 passes, in the protocol's order; the first that fails answers."""

from __future__ import annotations

from typing import Any, Final

from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    MODERN,
    UNSUPPORTED_VERSION,
    RpcError,
)

VERSION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_KEY: Final = "io.modelcontextprotocol/clientCapabilities"


def unsupported(version: str) -> RpcError:
    """The answer to a version the gateway does not speak."""
    return RpcError(UNSUPPORTED_VERSION, "Unsupported protocol version", {"supported": list(MODERN), "requested": version})


def check_shape(message: Any) -> bool:
    """Whether it is a request (True) or a notification (False); INVALID_REQUEST for anything else, batches included."""
    if isinstance(message, dict) and message.get("jsonrpc") == "2.0" and isinstance(message.get("method"), str):
        params, message_id = message.get("params"), message.get("id")
        if isinstance(params, dict) or params is None:
            if "id" not in message:
                return False
            if isinstance(message_id, str | int) and not isinstance(message_id, bool):
                return True
    raise RpcError(INVALID_REQUEST, "The body must be a single JSON-RPC request or notification.")


def check_envelope(message: dict[str, Any], headers: h.Headers) -> dict[str, Any]:
    """The params of a request whose `_meta` and routing headers agree and whose version is spoken."""
    params: Any = message.get("params")
    meta: Any = params.get("_meta") if isinstance(params, dict) else None
    if not isinstance(meta, dict):
        raise RpcError(INVALID_PARAMS, f"params._meta must be an object with '{VERSION_KEY}' and '{CAPABILITIES_KEY}'.")
    missing = [key for key in (VERSION_KEY, CAPABILITIES_KEY) if key not in meta]
    if missing:
        raise RpcError(INVALID_PARAMS, f"params._meta lacks {', '.join(missing)}.")
    _check_headers(message["method"], params, meta, headers)
    version = meta[VERSION_KEY]
    if version not in MODERN:
        raise unsupported(version)
    if not isinstance(meta[CAPABILITIES_KEY], dict):
        raise RpcError(INVALID_PARAMS, f"'{CAPABILITIES_KEY}' must be an object.")
    checked: dict[str, Any] = params
    return checked


def _check_headers(method: str, params: dict[str, Any], meta: dict[str, Any], headers: h.Headers) -> None:
    version = headers.get(h.PROTOCOL_VERSION)
    if version is None or version.decode("latin-1") != meta[VERSION_KEY]:
        raise RpcError(HEADER_MISMATCH, "The MCP-Protocol-Version header does not match the version in the body's _meta.")
    said = headers.get(h.METHOD)
    if said is None or said.decode("latin-1") != method:
        raise RpcError(HEADER_MISMATCH, "The Mcp-Method header does not match the body's method.")
    key = h.NAMED.get(method)
    if key is not None and params.get(key) is not None:
        name = headers.get(h.NAME)
        if name is None or h.decode(name) != params[key]:
            raise RpcError(HEADER_MISMATCH, f"The Mcp-Name header does not match the body's '{key}'.")
