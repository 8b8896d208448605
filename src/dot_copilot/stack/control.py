"""Where a running stack takes orders: a Unix socket in the home, which only its owner can open. One line of JSON each way."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home

_NAME = "control.sock"
_LONGEST = 1 << 20
Order = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


@contextlib.contextmanager
def _path(home: Home) -> Iterator[str]:
    """The socket's path, however deep the home is: such an address has at most 107 bytes."""
    directory = os.open(home.run, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{_NAME}"
    finally:
        os.close(directory)


class Control:
    """Takes orders from `start` until `stop`."""

    def __init__(self, home: Home, order: Order) -> None:
        self._home = home
        self._order = order
        self._server: asyncio.Server | None = None
        self._running: set[asyncio.Task[dict[str, Any]]] = set()

    async def start(self) -> None:
        """Listen. A socket that a killed supervisor left is nobody's: the home's lock is ours."""
        (self._home.run / _NAME).unlink(missing_ok=True)
        previous = os.umask(0o177)
        try:
            with _path(self._home) as path:
                self._server = await asyncio.start_unix_server(self._serve, path, limit=_LONGEST)
        finally:
            os.umask(previous)

    async def stop(self) -> None:
        """Take no more orders; one that is being carried out is given up."""
        if self._server is not None:
            self._server.close()
            (self._home.run / _NAME).unlink(missing_ok=True)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            # A task of its own: the order is carried out even if the one who gave it is killed.
            task = asyncio.create_task(self._answer(line))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            answer = await asyncio.shield(task)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            words = json.loads(line)
            return {"ok": True, **await self._order(words)}
        except StackError as error:
            return {"ok": False, "reason": str(error), "part": getattr(error, "part", "")}
        except Exception as error:  # noqa: BLE001 - whoever gave the order must hear of it
            return {"ok": False, "reason": f"{type(error).__name__}: {error}", "part": ""}


async def ask(home: Home, words: Mapping[str, Any], patience_s: float) -> dict[str, Any]:
    """Give an order and wait for its end. StackError with what the supervisor says, or if none answers."""
    try:
        async with asyncio.timeout(patience_s):
            with _path(home) as path:
                reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST)
            try:
                writer.write(json.dumps(dict(words)).encode() + b"\n")
                await writer.drain()
                line = await reader.readline()
            finally:
                writer.close()
    except TimeoutError:
        raise StackError(f"the supervisor has not carried out {words.get('do')!r} within {patience_s:g} s") from None
    except OSError:
        raise StackError(f"no stack runs in {home.root}; start it with 'dot-copilot up'") from None
    if not line:
        raise StackError("the supervisor ended while it carried out an order; see 'dot-copilot logs supervisor'")
    answer: dict[str, Any] = json.loads(line)
    if not answer.pop("ok"):
        raise StackError(answer["reason"])
    return answer


def socket_file(home: Home) -> Path:
    """Where the socket is."""
    return home.run / _NAME
