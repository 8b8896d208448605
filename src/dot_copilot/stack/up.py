"""`dot-copilot up`: one stack from nothing to ready, and on until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable

from dot_copilot.stack import logs, orphans, tls
from dot_copilot.stack.display import Display
from dot_copilot.stack.errors import PartFailedError
from dot_copilot.stack.stack import Options, Stack


async def run(options: Options, display: Display, on_ready: Callable[[Stack], None]) -> None:
    """Start, tell `on_ready`, run until SIGINT, SIGTERM or SIGHUP, and stop; a second signal ends everything at once.

    Raises StackError (PartFailedError with the end of the part's log) if the stack does not become ready.
    """
    began = time.monotonic()
    orphans.become_subreaper()
    stack = Stack(options, display)
    told = asyncio.Event()

    def hear() -> None:
        if told.is_set():
            stack.supervisor.kill()
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, hear)
    keepers = [asyncio.create_task(logs.keep_small(stack.home.logs))]
    if options.tls:
        keepers.append(asyncio.create_task(tls.keep_fresh(tls.of(stack.home), stack.reload_nginx)))
    starting = asyncio.create_task(stack.start())
    waiting = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            display.say(_how_far(stack, time.monotonic() - began))
            on_ready(stack)
            keepers.append(asyncio.create_task(_follow(stack, began)))
            await told.wait()
        display.say("stopping")
    except PartFailedError as error:
        raise PartFailedError(error.part, f"{error.reason}\n{_log_tail(stack, error.part)}") from None
    finally:
        for task in (starting, waiting, *keepers):
            task.cancel()
        await stack.stop()


def _how_far(stack: Stack, seconds: float) -> str:
    late = [part.name for part in stack.parts if part.late]
    return f"ready after {seconds:.1f} s; {', '.join(late)} follow" if late else f"all parts ready after {seconds:.1f} s"


async def _follow(stack: Stack, began: float) -> None:
    """Say when the late parts have come, if there are any."""
    if not any(part.late for part in stack.parts):
        return
    await stack.supervisor.complete()
    for text in stack.failures(late=True):
        stack.display.say(text)
    if stack.supervisor.all_ready:
        stack.display.say(f"all parts ready after {time.monotonic() - began:.1f} s")


def _log_tail(stack: Stack, part: str) -> str:
    path = stack.home.log(part)
    lines = logs.tail(path, 20, stack.supervisor.runners[part].log_start)
    return "\n".join([f"The end of {path}:", *(f"  {text}" for text in lines)])


def foreground(options: Options, display: Display) -> None:
    """Run in this process until told to stop."""

    def ready(stack: Stack) -> None:
        for text in stack.report():
            display.say(text)
        display.say("Press Ctrl-C to stop.")

    options.home.create()
    try:
        asyncio.run(run(options, display, ready))
        display.say("stopped")
    finally:
        display.close()
