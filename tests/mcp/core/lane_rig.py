"""A gateway before an upstream of many manners, and bare sockets to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import parse
from tests.support.mcp_gateway import Served
from tests.support.mcp_hostile import OK, STREAM, Behaviour, Hostile, Writer, answer, event
from tests.support.mcp_wire import Wire, post

Message = dict[str, Any]
BIG = {"content": [{"type": "text", "text": "x" * 400_000}], "resultType": "complete"}
NOTE = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}}


def after(seconds: float, result: Any = OK) -> Behaviour:
    """Answers after a while."""

    async def behave(message: Message, writer: Writer) -> None:
        await asyncio.sleep(seconds)
        writer.write(answer(message, result))

    return behave


async def streams(message: Message, writer: Writer) -> None:
    """A note, a pause, and the answer."""
    writer.write(STREAM + event(NOTE))
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.write(event({"jsonrpc": "2.0", "id": message["id"], "result": OK}) + b"0\r\n\r\n")


async def streams_on(message: Message, writer: Writer) -> None:
    """Notes without an end."""
    writer.write(STREAM)
    for _ in range(300):
        writer.write(event(NOTE))
        await writer.drain()
        await asyncio.sleep(0.05)


async def pieces(message: Message, writer: Writer) -> None:
    """A right answer, a byte at a time, with an interim response before it."""
    for byte in b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + answer(message, OK):
        writer.write(bytes([byte]))
        await writer.drain()


async def closes(message: Message, writer: Writer) -> None:
    """No answer at all."""
    writer.close()


BEHAVIOURS: dict[str, Behaviour] = {
    "fine": after(0),
    "slow": after(0.4),
    "hangs": after(30),
    "big": after(0, BIG),
    "streams": streams,
    "streams_on": streams_on,
    "pieces": pieces,
    "closes": closes,
}


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with Hostile(BEHAVIOURS) as hostile:
        yield hostile


@pytest.fixture(scope="module")
def served(hostile: Hostile) -> Iterator[Served]:
    one = {"name": "one", "transport": "http", "url": hostile.url}
    with Served(parse({"upstream": [one]}), keep_alive_s=1) as served:
        yield served


@pytest.fixture
def wire(served: Served, hostile: Hostile) -> Iterator[Wire]:
    served.guard.calls.clear()
    hostile.closed.clear()
    with Wire(served.port) as wire:
        yield wire
        with Wire(served.port) as other:
            other.send(post("fine"))
            assert other.answer().result == OK, "the gateway goes on"


def until(true: Callable[[], Any], seconds: float = 5.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)
