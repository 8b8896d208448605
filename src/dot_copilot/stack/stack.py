"""One stack that holds its home: built, started, watched and stopped by one process."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field

from dot_copilot.stack import binaries, environment, leftovers, ports, state, topology
from dot_copilot.stack.display import Display
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.model import Part, Sealed, Timing
from dot_copilot.stack.nursery import Nursery
from dot_copilot.stack.parts.nginx import NginxHooks, Upstreams, web_root
from dot_copilot.stack.parts.openbao import OpenBaoHooks
from dot_copilot.stack.parts.postgres import PostgresHooks
from dot_copilot.stack.parts.schema import PostgresSchema
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
    """Takes the home (AlreadyRunningError if it is taken) and builds the topology for it; nothing runs yet."""

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
            nursery=self._nursery(base),
            unneeded={"migrate": PostgresSchema(self.vault, inner["postgres"]).is_newest},
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
        upstreams = Upstreams([inner[name] for name in topology.API], [inner[name] for name in topology.GATEWAYS])
        return {
            "openbao": OpenBaoHooks(home, self.vault, inner["openbao"], inner["openbao-cluster"]),
            "postgres": PostgresHooks(home, self.vault, inner["postgres"], base),
            "valkey": ValkeyHooks(home, self.vault, inner["valkey"], plan.valkey_memory_mb),
            "nginx": NginxHooks(home, plan.port, upstreams, plan.gateway, web_root()),
        }

    def _nursery(self, base: dict[str, str]) -> Nursery | None:
        if not any(part.module for part in self.parts):
            return None
        return Nursery(topology.WARM, base, self.home.run, self.home.log("nursery"))

    @property
    def states(self) -> list[PartState]:
        """Every part as it is now."""
        return [part_state(runner) for runner in self.supervisor.runners.values()]

    def _save(self) -> None:
        # A full disk must not stop the supervisor; the next change tries again.
        with contextlib.suppress(OSError):
            state.save(self.home, self.phase, self.plan.url, self.states)

    def _changed(self, runner: Runner) -> None:
        self._save()
        self.display.show(part_state(runner), self.states)

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
        failed = [
            f"{part.name} failed ({part.detail}); see 'dot-copilot logs {part.name}'"
            for part in self.states
            if part.state == "failed"
        ]
        return [*failed, f"DOT-Copilot is ready: {self.plan.url}", *_accounts(self.home)]


def part_state(runner: Runner) -> PartState:
    """A part as the state file has it."""
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
