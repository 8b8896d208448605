"""One stack that holds its home: built, started, watched and stopped by one process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from dot_copilot.stack import binaries, colours, environment, leftovers, ports, state, tls, topology, view
from dot_copilot.stack.colouring import Colouring, nursery_of
from dot_copilot.stack.colours import Code, Standing
from dot_copilot.stack.control import Control
from dot_copilot.stack.display import Display
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.listener import Listener
from dot_copilot.stack.model import Sealed, Timing
from dot_copilot.stack.monitoring import MONITORING
from dot_copilot.stack.nursery import Nursery
from dot_copilot.stack.parts.alertmanager import AlertmanagerHooks
from dot_copilot.stack.parts.nginx import NginxHooks, Upstreams, web_root
from dot_copilot.stack.parts.openbao import OpenBaoHooks
from dot_copilot.stack.parts.postgres import PostgresHooks
from dot_copilot.stack.parts.prometheus import PrometheusHooks
from dot_copilot.stack.parts.schema import PostgresSchema
from dot_copilot.stack.parts.switch import Switch
from dot_copilot.stack.parts.valkey import ValkeyHooks
from dot_copilot.stack.plan import Plan
from dot_copilot.stack.runner import Hooks, Runner
from dot_copilot.stack.state import PartState
from dot_copilot.stack.vault import Vault

_LIFETIMES = ("DOT_ACCESS_TOKEN_SECONDS", "DOT_ASSISTANT_TOKEN_SECONDS", "DOT_SECRETS_EVERY", "DOT_GATEWAY_CONFIG")


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    home: Home
    port: int
    leave_out: tuple[str, ...] = ()
    tls: bool = False
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
        standing = colours.load(self.home)
        without = self._leave_out(options.leave_out)
        self.plan = Plan(self.home, options.port, inner, without=without, tls=options.tls, standing=standing)
        self.vault = Vault(self.home, inner["openbao"])
        self.parts = topology.build(self.plan)
        base = environment.base()
        self._base = base
        self.switch = Switch(self.home, inner, lambda: self.plan.standing, web_root)
        self._hooks_by_part = self._hooks(base)
        self.nursery = self._nursery(base)
        self.nurseries: dict[str, Nursery] = {}
        self.nurse(standing.code_of(standing.serving))
        serving = standing.code_of(standing.serving)
        surroundings = Surroundings(
            directory=self.home.run,
            logs=self.home.logs,
            secret=self.vault.secret,
            base_environment=base,
            hooks_by_part=self._hooks_by_part,
            nursery=self.nursery,
            nurseries=self.nurseries,
            unneeded={"migrate": PostgresSchema(self.vault, inner["postgres"], serving.files).is_newest},
            timing=options.timing,
            renew=self.vault.reread,
        )
        self.supervisor = Supervisor(self.parts, surroundings, self._changed)
        self.listener = Listener(inner["supervisor"], view.pages(self))
        self.colouring = Colouring(self)
        self.control = Control(self.home, self.colouring.order)
        self.save()

    def _leave_out(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """What the user leaves out, and what cannot run on this machine; says what is off and how to get it."""
        reasons = {name: reason for name, reason in _missing().items() if name not in wanted}
        if "azurite" in reasons:
            self.display.say(f"azurite is off, so files cannot be uploaded: {reasons['azurite']}")
        if absent := [name for name in reasons if name in MONITORING]:
            self.display.say(f"{', '.join(absent)}: off, so this is not watched: {reasons[absent[0]]}")
        return (*wanted, *reasons)

    def _hooks(self, base: dict[str, str]) -> dict[str, Hooks]:
        home, inner, plan = self.home, self.plan.inner, self.plan
        certificates = tls.of(home) if plan.tls else None
        upstreams = Upstreams([inner[name] for name in topology.API], [inner[name] for name in topology.GATEWAYS])
        return {
            "openbao": OpenBaoHooks(home, self.vault, inner["openbao"], inner["openbao-cluster"]),
            "postgres": PostgresHooks(home, self.vault, inner["postgres"], base),
            "valkey": ValkeyHooks(home, self.vault, inner["valkey"], plan.valkey_memory_mb),
            "nginx": NginxHooks(
                home,
                plan.port,
                upstreams,
                plan.gateway,
                web_root(),
                metrics_port=inner["nginx-metrics"],
                tls=certificates,
                switch=self.switch,
            ),
            "prometheus": PrometheusHooks(plan, self.parts, self.vault.secret),
            "alertmanager": AlertmanagerHooks(home, base.get("DOT_ALERT_WEBHOOK", ""), self.vault.secret),
        }

    def _nursery(self, base: dict[str, str]) -> Nursery | None:
        if not any(part.module and not part.code for part in self.parts):
            return None
        return Nursery(topology.WARM, base, self.home.run, self.home.log("nursery"))

    def nurse(self, code: Code) -> None:
        """Begin to import a release, from which its parts are then forked."""
        if code.directory and code.directory not in self.nurseries:
            nursery = nursery_of(code, self._base, self.home.run, self.home.logs)
            if nursery is not None:
                self.nurseries[code.directory] = nursery

    def stand(self, standing: Standing) -> None:
        """Another colour serves, or holds other code; the file says so already."""
        self.plan = replace(self.plan, standing=standing)

    async def write_door(self) -> None:
        """Write nginx' configuration anew, for its next start."""
        await self._hooks_by_part["nginx"].prepare()

    def list_targets(self) -> None:
        """Tell Prometheus which processes there are."""
        self.parts = tuple(runner.part for runner in self.supervisor.runners.values())
        hooks = self._hooks_by_part["prometheus"]
        if isinstance(hooks, PrometheusHooks):
            hooks.list_targets(self.parts)
        self.save()

    @property
    def states(self) -> list[PartState]:
        """Every part as it is now."""
        return [part_state(runner) for runner in self.supervisor.runners.values()]

    def save(self) -> None:
        """Let the world know."""
        # A full disk must not stop the supervisor; the next change tries again.
        with contextlib.suppress(OSError):
            state.save(self.home, self.phase, self.plan.url, self.states)

    def _changed(self, runner: Runner) -> None:
        self.save()
        self.display.show(part_state(runner), self.states)

    async def start(self) -> None:
        """Everything but the late parts ready, or PartFailedError."""
        try:
            await self.listener.start()
        except OSError as error:
            self.display.say(f"the supervisor cannot be asked for its state: {error.strerror or error}")
        await self.supervisor.start()
        await self.control.start()
        self._save_application_environment()
        self.phase = "ready"
        self.save()

    async def stop(self) -> None:
        """Everything stopped."""
        self.phase = "stopping"
        self.save()
        await self.control.stop()
        await self.supervisor.stop()
        await self.listener.stop()
        self.phase = "stopped"
        self.save()

    def _save_application_environment(self) -> None:
        values = {
            name: value.template.format(self.vault.secret(value.name)) if isinstance(value, Sealed) else value
            for name, value in topology.application_environment(self.plan).items()
        }
        # A rotation has to know for how long a key is needed: what the processes were told by whoever started them.
        values |= {name: self._base[name] for name in _LIFETIMES if name in self._base}
        write_private(self.home.environment_file, json.dumps(values, indent=2) + "\n")

    def failures(self, *, late: bool) -> list[str]:
        """A line for every part that has failed, of the late ones or of the others."""
        names = {part.name for part in self.parts if part.late is late}
        return [
            f"{part.name} failed ({part.detail}); see 'dot-copilot logs {part.name}'"
            for part in self.states
            if part.state == "failed" and part.name in names
        ]

    def report(self) -> list[str]:
        """What to tell the user once everything is ready."""
        trust = tls.of(self.home).advice() if self.plan.tls else []
        return [*self.failures(late=False), f"DOT-Copilot is ready: {self.plan.url}", *trust, *_accounts(self.home)]

    def reload_nginx(self) -> None:
        """Let nginx read its certificate again; connections go on."""
        runner = self.supervisor.runners.get("nginx")
        if runner is not None and runner.pid is not None:
            os.kill(runner.pid, signal.SIGHUP)


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
        since=round(runner.since, 3),
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


def _missing() -> dict[str, str]:
    """Parts that a stack can do without and whose programs are not here, with what to do about it."""
    looks: dict[str, Callable[[], object]] = {
        "azurite": lambda: (binaries.node(), binaries.azurite()),
        **{name: partial(binaries.monitoring, name) for name in MONITORING},
    }
    reasons = {}
    for name, look in looks.items():
        try:
            look()
        except binaries.BinaryMissingError as error:
            reasons[name] = str(error)
    return reasons
