"""JSON-RPC 2.0 on the wire: the codes the protocol gives meaning to, and bytes of answers."""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec
import orjson
from msgspec import UNSET, Raw, Struct, UnsetType

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
LIMITED: Final = -32000
HEADER_MISMATCH: Final = -32020
MISSING_CAPABILITY: Final = -32021
UNSUPPORTED_VERSION: Final = -32022
RESOURCE_NOT_FOUND: Final = -32002  # up to 2025-11-25; later revisions say INVALID_PARAMS

MODERN: Final = ("2026-07-28",)
HANDSHAKE: Final = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")

# Statuses of revision 2026-07-28 (basic/transports). Other codes, INTERNAL_ERROR among them, go with 200.
STATUS: Final = {
    PARSE_ERROR: 400,
    INVALID_REQUEST: 400,
    INVALID_PARAMS: 400,
    HEADER_MISMATCH: 400,
    MISSING_CAPABILITY: 400,
    UNSUPPORTED_VERSION: 400,
    METHOD_NOT_FOUND: 404,
    LIMITED: 429,
}

MessageId = str | int | float | None


class RpcError(Exception):
    """An error answer, and the HTTP status it goes with."""

    def __init__(self, code: int, message: str, data: Any = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data
        self.status = status or STATUS.get(code, 200)

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """What the HTTP response says besides: when to come back (RFC 9110, 10.2.3)."""
        if self.code != LIMITED or not isinstance(self.data, dict):
            return []
        return [(b"retry-after", b"%d" % math.ceil(self.data.get("retryAfter", 1)))]


class Envelope(Struct):
    """The frame of a message, its payload left unread: enough to tell an answer from a notification, and whose it is."""

    id: str | int | float | UnsetType | None = UNSET
    method: str | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET

    @property
    def answers(self) -> bool:
        """Whether it is an answer: exactly one of result and error, and no method."""
        return self.method is UNSET and (self.result is UNSET) != (self.error is UNSET)


_ENVELOPE = msgspec.json.Decoder(Envelope)


def envelope(data: bytes) -> Envelope:
    """Reads the frame of one message; ValueError if it is not one well-formed JSON object in UTF-8, or nested beyond reason."""
    try:
        if not data.isascii():
            data.decode()  # what is skipped is not looked at otherwise
        return _ENVELOPE.decode(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from None


def dumps(value: Any) -> bytes:
    """Compact JSON."""
    return orjson.dumps(value)


def error_bytes(message_id: MessageId, code: int, message: str, data: Any = None) -> bytes:
    """An error answer."""
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return orjson.dumps({"jsonrpc": "2.0", "id": message_id, "error": error})


def result_bytes(message_id: MessageId, result: bytes) -> bytes:
    """An answer whose result is JSON already."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (orjson.dumps(message_id), result)


def parse(body: bytes) -> Any:
    """The JSON value of a body; `RpcError` PARSE_ERROR."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RpcError(PARSE_ERROR, "The body is not JSON.") from None


def request_id(message: dict[str, Any]) -> MessageId:
    """The id to answer to: null when the message has none that JSON-RPC allows."""
    value = message.get("id")
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def tool_error(text: str) -> bytes:
    """A tool result that tells the model what went wrong."""
    return orjson.dumps({"content": [{"type": "text", "text": text}], "isError": True, "resultType": "complete"})
