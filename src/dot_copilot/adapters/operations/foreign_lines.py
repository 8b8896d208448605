"""Text lines of programs that are not ours: when, how bad, and what they say."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dot_copilot.adapters.operations.prometheus import instant

_POSTGRES = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC \[\d+\] (?:\S+@\S+ )?([A-Z]+\d?):\s+(.*)")
_VALKEY = re.compile(r"\d+:[A-Z] (\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d)\.\d+ ([.*#-]) (.*)")
_NGINX = re.compile(r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(\w+)\] (.*)")
_LOGFMT = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')
# What PostgreSQL says of itself. Errors of statements, and their details, quote values: those are people's data.
_OF_THE_SERVER = frozenset({"LOG", "INFO", "NOTICE", "WARNING", "FATAL", "PANIC"})
_VALKEY_LEVELS = {".": "debug", "-": "info", "*": "info", "#": "warning"}

Found = tuple[datetime | None, str, str]


def foreign_line(part: str, text: str) -> Found | None:
    """(when, level, message); None for a line that may quote people's data."""
    if part == "postgres":
        return _postgres(text)
    if match := _VALKEY.match(text):
        # The local clock of this machine, which is also ours.
        at = datetime.strptime(match[1], "%d %b %Y %H:%M:%S").astimezone(UTC)
        return at, _VALKEY_LEVELS[match[2]], match[3]
    if match := _NGINX.match(text):
        return datetime.strptime(match[1], "%Y/%m/%d %H:%M:%S").astimezone(UTC), match[2], match[3]
    if text.startswith(("ts=", "time=", "level=")):
        words = {name: value.strip('"') for name, value in _LOGFMT.findall(text)}
        message = " ".join(filter(None, (words.get("msg"), words.get("err") or words.get("error"))))
        return instant(words.get("ts") or words.get("time")), words.get("level", "info"), message or text
    return None, "info", text


def _postgres(text: str) -> Found | None:
    match = _POSTGRES.match(text)
    if match is None or match[2] not in _OF_THE_SERVER:
        return None
    return datetime.fromisoformat(match[1]).replace(tzinfo=UTC), match[2], match[3]
