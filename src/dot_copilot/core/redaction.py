"""Keeps secrets, and what people entered, out of logs, whoever wrote them there."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import msgspec

_NAMES = frozenset({"access_token", "refresh_token", "client_secret", "code_verifier", "authorization", "password"})
_NAMES |= {"x-vault-token", "token", "secret", "api_key"}
_SECRETS = re.compile(
    r"(?P<jwt>\beyJ[\w-]{6,}\.[\w-]+\.[\w-]*)"  # a JSON web token: its header is base64url of '{"'
    r"|(?P<github>\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}))"
    r"|(?P<bao>\b(?:hvs|s|b)\.[A-Za-z0-9_-]{20,})"
    r"|(?P<scheme>\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{6,}"
    r"|(?P<named>[\"']?(?:access_token|refresh_token|client_secret|code_verifier|authorization|password|x-vault-token|token|secret)"
    r"[\"']?\s*[=:]\s*[\"']?)(?!bearer\s|basic\s)[^\s\"'&,;}]{4,}",
    re.IGNORECASE,
)
# PostgreSQL tells the row that it refuses, pydantic the value: both may be somebody's name.
_ENTERED = re.compile(
    r"(?P<detail>^DETAIL: )(?:(?!^(?:HINT|WHERE|CONTEXT|SQL function)\b|\n\n).)*(?P<end>$)"
    r"|(?P<input>input_value=).*?(?=, input_type=)",
    re.DOTALL | re.MULTILINE,
)
# Whatever these patterns match, and every name of a secret, holds one of these, in lower case.
_HINTS: tuple[str, ...] = ("eyj", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "hvs.", "bearer", "basic")
_HINTS += ("token", "secret", "password", "code_verifier", "authorization", "api_key", "detail: ", "input_value=")
_SHORT_HINT = re.compile(r"[sb]\.[a-z0-9_-]{20}")
MARK = "[redacted]"


def redact(text: str) -> str:
    """`text` without tokens, passwords and the like, nor the values that errors of the database or of a model quote."""
    text = _SECRETS.sub(lambda match: f"{match['scheme'] or match['named'] or ''}{MARK}", text)
    return _ENTERED.sub(lambda match: f"{match['detail'] or match['input']}{MARK}", text)


def redact_json(value: Any) -> Any:
    """A JSON value without them: texts as by `redact`, and whatever stands under the name of a secret."""
    try:
        text = msgspec.json.encode(value).decode().casefold()
    except (TypeError, ValueError, RecursionError):
        return _redacted(value)
    # Nearly always there is nothing, and looking for a hint of something takes a twentieth of looking for itself.
    return _redacted(value) if any(hint in text for hint in _HINTS) or _SHORT_HINT.search(text) else value


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {name: MARK if str(name).lower() in _NAMES else _redacted(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_redacted(inner) for inner in value]
    return value


class Redaction(logging.Filter):
    """A filter for handlers: the message, its arguments and the traceback are cleaned before anything is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        clean = redact(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
