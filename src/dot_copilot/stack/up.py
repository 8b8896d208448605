"""`dot-copilot up`: one stack from nothing to ready, in the foreground or detached."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dot_copilot.stack import binaries, environment, leftovers, logs, ports, process, state, topology
from dot_copilot.stack.display import Display
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.errors import PartFailedError, StackError
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.model import Part, Sealed, Timing
from dot_copilot.stack.parts.nginx import NginxHooks
from dot_copilot.stack.parts.openbao import OpenBaoHooks
from dot_copilot.stack.parts.postgres import PostgresHooks
from dot_copilot.stack.parts.valkey import ValkeyHooks
from dot_copilot.stack.runner import Hooks, Runner
from dot_copilot.stack.state import PartState
from dot_copilot.stack.topology import Plan
from dot_copilot.stack.vault import Vault


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    home: Home
    port: int
    leave_out: tuple[str, ...] = ()
    timing: Timing = field(default_factory=Timing)


class Stack:
    """A stack that holds its home: built, started, watched and stopped by one process."""

    def __init__(self, options: Options, display: Display) -> None:
        self.home = options.home
        self.display = display
        self.phase = "starting"
        self._lock = state.lock(self.home)
        for name in leftovers.clear(self.home):
            display.say(f"{name} was left over from a supervisor that was killed; it has been ended")
        ports.require_free(options.port, "the web address")
        inner = ports.choose(self.home.ports_file, topology.PORT_NAMES, avoid=[options.port])
        self.plan = Plan(self.home, options.port, inner)
        self.vault = Vault(self.home, inner["openbao"])
        self.parts = self._parts(options.leave_out)
        base = environment.base()
        surroundings = Surroundings(
            directory=self.home.run,
            logs=self.home.logs,
            secret=self.vault.secret,
            base_environment=base,
            hooks_by_part=self._hooks(base),
            timing=options.timing,
        )
        self.supervisor = Supervisor(self.parts, surroundings, self._changed)
        self._save()

    def _parts(self, leave_out: tuple[str, ...]) -> tuple[Part, ...]:
        try:
            binaries.node()
            binaries.azurite()
        except binaries.BinaryMissingError as error:
            if "azurite" not in leave_out:
                self.display.say(f"azurite is off, so files cannot be uploaded: {error}")
                leave_out = (*leave_out, "azurite")
        return topology.build(self.plan, leave_out)

    def _hooks(self, base: dict[str, str]) -> dict[str, Hooks]:
        home, inner, plan = self.home, self.plan.inner, self.plan
        return {
            "openbao": OpenBaoHooks(home, self.vault, inner["openbao"], inner["openbao-cluster"]),
            "postgres": PostgresHooks(home, self.vault, inner["postgres"], base),
            "valkey": ValkeyHooks(home, self.vault, inner["valkey"], plan.valkey_memory_mb),
            "nginx": NginxHooks(home, plan.port, [inner[name] for name in topology.API], plan.gateway),
        }

    @property
    def states(self) -> list[PartState]:
        """Every part as it is now."""
        return [_state(runner) for runner in self.supervisor.runners.values()]

    def _save(self) -> None:
        state.save(self.home, self.phase, self.plan.url, self.states)

    def _changed(self, runner: Runner) -> None:
        self._save()
        self.display.show(_state(runner), self.states)

    async def start(self) -> None:
        """Everything ready, or PartFailedError."""
        await self.supervisor.start()
        self._save_application_environment()
        self.phase = "ready"
        self._save()

    async def stop(self) -> None:
        """Everything stopped."""
        self.phase = "stopping"
        self._save()
        await self.supervisor.stop()
        self.phase = "stopped"
        self._save()

    def _save_application_environment(self) -> None:
        values = {
            name: value.template.format(self.vault.secret(value.name)) if isinstance(value, Sealed) else value
            for name, value in topology.application_environment(self.plan).items()
        }
        write_private(self.home.environment_file, json.dumps(values, indent=2) + "\n")

    def report(self) -> list[str]:
        """What to tell the user once everything is ready."""
        return [f"DOT-Copilot is ready: {self.plan.url}", *_accounts(self.home)]


def _state(runner: Runner) -> PartState:
    part, child = runner.part, runner.process
    return PartState(
        name=part.name,
        state=runner.state.value,
        pid=runner.pid,
        port=part.port,
        restarts=runner.restarts,
        ready_after_s=runner.ready_after_s,
        detail=runner.detail,
        task=part.task,
        started=child.started if child is not None and runner.pid is not None else None,
        stop_signal=int(part.stop_signal),
    )


def _accounts(home: Home) -> list[str]:
    """The demo accounts as lines, or none."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        accounts = json.loads(home.accounts_file.read_text())
        rows = [(one["email"], one["password"], one["role"], str(one["carrier"])) for one in accounts]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
        return ["Demo accounts (email, password, role, carrier):", *(f"  {text.rstrip()}" for text in lines)]
    return []


async def run(options: Options, display: Display, on_ready: Callable[[Stack], None]) -> None:
    """Start, tell `on_ready`, run until SIGINT, SIGTERM or SIGHUP, and stop; a second signal ends everything at once.

    Raises StackError (PartFailedError with the end of the part's log) if the stack does not become ready.
    """
    began = time.monotonic()
    process.become_subreaper()
    stack = Stack(options, display)
    told = asyncio.Event()

    def hear() -> None:
        if told.is_set():
            stack.supervisor.kill()
        told.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, hear)
    keeper = asyncio.create_task(logs.keep_small(stack.home.logs))
    starting = asyncio.create_task(stack.start())
    waiting = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            display.say(f"all parts ready after {time.monotonic() - began:.1f} s")
            on_ready(stack)
            await told.wait()
        display.say("stopping")
    except PartFailedError as error:
        raise PartFailedError(error.part, f"{error.reason}\n{_log_tail(stack.home, error.part)}") from None
    finally:
        for task in (starting, waiting, keeper):
            task.cancel()
        await stack.stop()


def _log_tail(home: Home, part: str) -> str:
    path = home.log(part)
    lines = logs.tail(path, 20)
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


class _PipeDisplay:
    """Sends lines to the process that waits for a detached start, and to the supervisor's log."""

    def __init__(self, descriptor: int) -> None:
        self._pipe = os.fdopen(descriptor, "w", buffering=1)
        self._last: dict[str, str] = {}

    def show(self, part: PartState, parts: Sequence[PartState]) -> None:
        from dot_copilot.stack.display import line

        if self._last.get(part.name) != part.state and part.state != "waiting":
            self._last[part.name] = part.state
            self.say(line(part))

    def say(self, text: str) -> None:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        sys.stderr.write(f"{stamp} {text}\n")
        sys.stderr.flush()
        self.send("say", text)

    def send(self, kind: str, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._pipe.write(json.dumps([kind, text]) + "\n")

    def close(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._pipe.close()


def detached(options: Options, display: Display) -> None:
    """Start in a process of its own and return when all parts are ready; raise StackError if they do not become so."""
    options.home.create()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _detached_child(options, writing)
    os.close(writing)
    try:
        _listen(reading, display)
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise
    finally:
        display.close()


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


def _detached_child(options: Options, writing: int) -> None:
    """Become a daemon, run the stack, and never return."""
    code = 1
    try:
        os.setsid()
        log = os.open(options.home.log("supervisor"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        display = _PipeDisplay(writing)

        def ready(stack: Stack) -> None:
            for text in stack.report():
                display.send("say", text)
            display.send("ready", "")
            display.close()

        try:
            asyncio.run(run(options, display, ready))
            code = 0
        except StackError as error:
            display.say(str(error)) if not isinstance(error, PartFailedError) else None
            display.send("failed", str(error))
        except BaseException as error:
            import traceback

            traceback.print_exc()
            display.send("failed", f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)
