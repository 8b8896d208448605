"""`dot-copilot up --detach`: the supervisor in a process of its own, and a parent that waits until all is ready."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import traceback

from dot_copilot.stack.display import Display, PlainDisplay
from dot_copilot.stack.errors import PartFailedError, StackError
from dot_copilot.stack.stack import Options, Stack
from dot_copilot.stack.up import run


class _Wire:
    """The pipe to the process that waits for a detached start, as long as it does; and the supervisor's log."""

    def __init__(self, descriptor: int) -> None:
        self._pipe = os.fdopen(descriptor, "w", buffering=1)

    def write(self, text: str) -> int:
        """A message: to the log, with the time, and to whoever waits."""
        if text.strip():
            sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {text.rstrip()}\n")
            self.send("say", text.rstrip())
        return len(text)

    def flush(self) -> None:
        """Everything is on its way already."""
        sys.stderr.flush()

    def send(self, kind: str, text: str) -> None:
        """One line of JSON to whoever waits; nobody need."""
        with contextlib.suppress(OSError, ValueError):
            self._pipe.write(json.dumps([kind, text]) + "\n")

    def close(self) -> None:
        """The one who waits need not wait any longer."""
        with contextlib.suppress(OSError, ValueError):
            self._pipe.close()


def detached(options: Options, display: Display) -> None:
    """Start in a process of its own and return when all parts are ready; raise StackError if they do not become so."""
    options.home.create()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(options, writing)
    os.close(writing)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _listen(reading, display)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise
    finally:
        display.close()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _listen(descriptor: int, display: Display) -> None:
    """Repeat what the child says until it says how it went."""
    with os.fdopen(descriptor) as pipe:
        for text in pipe:
            kind, message = json.loads(text)
            if kind == "ready":
                return
            if kind == "failed":
                raise StackError(message)
            display.say(message)
    raise StackError("the supervisor ended without a word; see 'dot-copilot logs supervisor'")


def _child(options: Options, writing: int) -> None:
    """Become a daemon, run the stack, and never return."""
    code = 1
    try:
        os.setsid()
        log = os.open(options.home.log("supervisor"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        code = _supervise(options, _Wire(writing))
    except BaseException:  # noqa: BLE001 - nobody above could report it
        traceback.print_exc()
    finally:
        os._exit(code)


def _supervise(options: Options, wire: _Wire) -> int:
    def ready(stack: Stack) -> None:
        for text in stack.report():
            wire.send("say", text)
        wire.send("ready", "")
        wire.close()

    try:
        asyncio.run(run(options, PlainDisplay(wire), ready))
    except StackError as error:
        if not isinstance(error, PartFailedError):
            wire.write(str(error))
        wire.send("failed", str(error))
        return 1
    except Exception as error:
        wire.send("failed", f"{type(error).__name__}: {error}; see 'dot-copilot logs supervisor'")
        raise
    return 0
