"""The head of an answer leaves with its body: whoever is killed in between has answered whole, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from dot_copilot.core.whole_writes import WholeWrites
from dot_copilot.serve import Protocol

pytestmark = pytest.mark.asyncio(loop_scope="session")
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = Callable[[Send], Awaitable[None]]


class Recorder(asyncio.Transport):
    """What reaches the socket: an entry for each system call."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[list[bytes]] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed
        self.sent.append([bytes(data)])

    def writelines(self, list_of_data: Any) -> None:
        assert not self.closed
        self.sent.append([bytes(data) for data in list_of_data])

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def head(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


def body(data: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def answered(answer: Answer, request: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> Recorder:
    """What the API's own server sends for an application that answers so."""

    async def app(_scope: Any, _receive: Any, send: Send) -> None:
        await answer(send)

    config = uvicorn.Config(app, http=Protocol, lifespan="off", log_config=None, server_header=False, date_header=False)
    config.load()
    protocol, transport = Protocol(config, ServerState(), {}), Recorder()
    protocol.connection_made(transport)
    protocol.data_received(request)
    await asyncio.gather(*protocol.tasks, return_exceptions=True)
    await asyncio.sleep(0)
    protocol.connection_lost(None)
    return transport


async def test_an_answer_leaves_with_one_write() -> None:
    async def answer(send: Send) -> None:
        await send(head((b"content-length", b"5")))
        await send(body(b"hello"))

    ((sent,),) = (await answered(answer)).sent
    assert sent == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"


async def test_a_long_body_is_not_copied_for_it() -> None:
    async def answer(send: Send) -> None:
        await send(head((b"content-length", b"100000")))
        await send(body(b"x" * 100_000))

    ((first, second),) = (await answered(answer)).sent
    assert (first[:15], len(second)) == (b"HTTP/1.1 200 OK", 100_000)


async def test_an_answer_without_a_body_does_not_wait_for_one() -> None:
    async def answer(send: Send) -> None:
        await send(head((b"content-length", b"5")))
        await send(body(b""))

    transport = await answered(answer, b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert transport.sent == [[b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"]]


async def test_a_stream_says_that_it_is_one_before_it_has_anything_to_say() -> None:
    seen: list[int] = []
    transport = Recorder()
    held = WholeWrites(transport, asyncio.get_running_loop())
    held.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
    seen.append(len(transport.sent))
    await asyncio.sleep(0)
    seen.append(len(transport.sent))
    held.write(b"data: 1\n\n")
    assert (seen, len(transport.sent)) == ([0, 1], 2)


async def test_pieces_of_a_stream_leave_in_their_order_and_at_once() -> None:
    async def answer(send: Send) -> None:
        await send(head())
        await send(body(b"one", more=True))
        await send(body(b"two\r\n\r\n", more=True))
        await asyncio.sleep(0.01)
        await send(body(b"", more=False))

    sent = [b"".join(pieces) for pieces in (await answered(answer)).sent]
    assert [one.partition(b"\r\n\r\n")[2] for one in sent[:1]] == [b"3\r\none\r\n"]
    assert sent[1:] == [b"7\r\ntwo\r\n\r\n\r\n", b"0\r\n\r\n"]


async def test_what_was_written_is_sent_before_the_connection_is_closed() -> None:
    async def answer(send: Send) -> None:
        await send(head((b"content-length", b"0"), (b"connection", b"close")))
        await send(body(b""))

    transport = await answered(answer)
    assert b"".join(piece for pieces in transport.sent for piece in pieces).endswith(b"connection: close\r\n\r\n")
    assert transport.closed


async def test_several_answers_on_one_connection_do_not_mix() -> None:
    numbers = iter(b"12")

    async def answer(send: Send) -> None:
        number = bytes([next(numbers)])
        await send(head((b"content-length", b"1")))
        await send(body(number))

    two = await answered(answer, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
    assert [sent[0][-1:] for sent in two.sent] == [b"1", b"2"]
