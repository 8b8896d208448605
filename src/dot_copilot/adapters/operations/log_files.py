"""The ends of the parts' log files: our own JSON lines, nginx's access log, and what other programs write."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from dot_copilot.adapters.operations.foreign_lines import foreign_line
from dot_copilot.adapters.operations.prometheus import instant
from dot_copilot.adapters.operations.tail import tail
from dot_copilot.core.redaction import redact
from dot_copilot.core.watching import LogLine, SourceError, SourceOff

MOST = 4 << 20
"""Bytes read for one request, of all files together."""
_FILE = re.compile(r"[a-z][a-z0-9-]{0,39}")
# Not for these eyes: what the secret store notes of every request.
_PRIVATE = frozenset({"openbao-audit"})
_ACCESS = "nginx-access"
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LEVELS = {"warn": "warning", "fatal": "critical", "panic": "critical", "trace": "debug", "notice": "info", "log": "info"}
_START = datetime.min.replace(tzinfo=UTC)
_decode = msgspec.json.Decoder().decode


class LogFiles:
    """`core.watching.Logs` on a folder of `<part>.log` files."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    async def tail(self, wanted: Callable[[str], bool], *, trace_id: str | None = None) -> list[LogLine]:
        return await asyncio.to_thread(self._read, wanted, trace_id)

    def _read(self, wanted: Callable[[str], bool], trace_id: str | None) -> list[LogLine]:
        if self._folder is None:
            raise SourceOff("DOT_LOGS_DIR is not set")
        try:
            names = sorted(path.stem for path in self._folder.iterdir() if path.suffix == ".log")
        except OSError as error:
            raise SourceError(f"the folder of logs can't be read ({type(error).__name__})") from None
        names = [name for name in names if _FILE.fullmatch(name) and name not in _PRIVATE]
        names = [name for name in names if wanted(_part_of(name))]
        share = MOST // max(1, len(names))
        lines = [line for name in names for line in self._lines(self._folder, name, share, trace_id)]
        return sorted(lines, key=lambda line: line.at or _START)

    @staticmethod
    def _lines(folder: Path, name: str, most: int, trace_id: str | None) -> Iterable[LogLine]:
        wanted = trace_id.encode() if trace_id else b""
        parse = _access if name == _ACCESS else _line
        found = [
            made for raw in tail(folder / f"{name}.log", most).lines if wanted in raw and (made := parse(_part_of(name), raw))
        ]
        # Text lines without a time stand where they were written: after the line before them.
        last = None
        for index, line in enumerate(found):
            if line.at is None and last is not None:
                found[index] = replace(line, at=last)
            last = found[index].at
        return found if trace_id is None else [line for line in found if line.trace_id == trace_id]


def _part_of(name: str) -> str:
    return "nginx" if name == _ACCESS else name


def _line(part: str, raw: bytes) -> LogLine | None:
    """A line as we show it, whoever wrote it; None for what is never shown."""
    if raw.startswith(b"{"):
        try:
            entry = _decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None  # torn or no text: nobody can say whose it is
        return _own(part, entry) if isinstance(entry, dict) else None
    text = raw.decode(errors="replace")
    found = foreign_line(part, text)
    if found is None:
        return None
    at, level, message = found
    return LogLine(part, at, _level(level), clean(message))


def _own(part: str, entry: dict[str, Any]) -> LogLine:
    """One of our own JSON lines, or of OpenBao's, whose members begin with @."""
    take: Callable[..., str] = lambda *names: next((str(entry[name]) for name in names if entry.get(name)), "")  # noqa: E731
    message = take("message", "@message", "msg", "error")
    if entry.get("traceback"):
        message += "\n" + str(entry["traceback"])
    return LogLine(
        part=part,
        at=instant(take("at", "@timestamp", "time", "ts")),
        level=_level(take("level", "@level")),
        message=clean(message),
        logger=take("logger", "@module")[:100],
        trace_id=take("trace_id") or None,
        carrier_id=take("carrier_id") or None,
    )


def _access(part: str, raw: bytes) -> LogLine | None:
    """A request as nginx noted it, without who sent it."""
    try:
        entry = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(entry, dict):
        return None
    if entry.get("path") == "/" and entry.get("agent") == "":
        return None  # the supervisor's look at the door, every two seconds
    status = str(entry.get("status") or "")
    message = f"{entry.get('method')} {entry.get('path')} {status} {entry.get('seconds')} s"
    level = "error" if status.startswith("5") else "warning" if status.startswith("4") else "info"
    trace = str(entry.get("trace") or "")
    return LogLine(part, instant(entry.get("time")), level, clean(message), "access", trace or None, None, access=True)


def _level(text: str) -> str:
    word = text.lower()
    return _LEVELS.get(word, word) if word.isalpha() and len(word) < 12 else "info"


def clean(text: str) -> str:
    """Text without secrets and addresses of people, and not endless."""
    return _ADDRESS.sub("[address]", redact(text[:4000]))
