"""The vocabulary of a topology. Everything here is inert: a part says what it is, the engine makes it so."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where a part is in its life. `done` and `failed` end a task; a service ends in `stopped` (or `failed`)."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    UNHEALTHY = "unhealthy"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An environment value made of a secret: `template` with `{}` where the secret called `name` goes."""

    name: str
    template: str = "{}"


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """Ready when GET `path` on 127.0.0.1 answers one of `statuses` (and the `Server` header starts as said).

    With `authority`, the file of a certificate authority, it is asked with TLS. With `user` and the name of a `secret` it is
    asked as somebody (basic authentication).
    """

    port: int
    path: str = "/"
    statuses: tuple[int, ...] = (200,)
    server: str = ""
    authority: str = ""
    user: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class ValkeyProbe:
    """Ready when an authenticated PING is answered by PONG."""

    port: int
    secret: str


@dataclass(frozen=True, slots=True)
class PostgresProbe:
    """Ready when a query by this user, over TCP with a password, returns its row.

    With `merely_alive` a server that says it is recovering or full also passes: it works, and must not be restarted.
    """

    port: int
    user: str
    database: str
    secret: str
    merely_alive: bool = False


Probe = HttpProbe | ValkeyProbe | PostgresProbe


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack.

    A service runs until the stack stops; a task runs once and is done when it exits with 0. `after` names the parts
    that must be ready (or done) before this one starts. `ready` must all hold before others may rely on the part, and
    `live` is what a hung process fails: a part that answers `live` is never restarted for being unready.

    Two kinds of part begin before their time, to be quick when it comes. One that is `held` starts its process at once,
    which loads what it needs and waits for a line of JSON on its standard input; its secrets come with that line. One
    with a `module` (and its arguments) is forked from the stack's nursery, if there is one; `command` does the same
    without it. `code` is the directory of the release that it is part of; empty for the supervisor's own code.

    One that is `late` serves those who look after the stack, not those who use it: it starts when every other part is
    ready, and the stack counts as ready without it.
    """

    name: str
    command: tuple[str, ...]
    after: tuple[str, ...] = ()
    environment: Mapping[str, str | Sealed] = field(default_factory=dict)
    port: int | None = None
    ready: tuple[Probe, ...] = ()
    live: Probe | None = None
    task: bool = False
    held: bool = False
    module: tuple[str, ...] | None = None
    code: str = ""
    essential: bool = True
    late: bool = False
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    start_timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the engine is; all in seconds except `attempts`."""

    poll_s: float = 0.025
    """Between two looks at a part that is starting."""
    watch_s: float = 2.0
    """Between two looks at a part that is ready."""
    probe_timeout_s: float = 2.0
    strikes: int = 2
    """Failed looks in a row that make a ready part unhealthy."""
    hung_s: float = 20.0
    """A part that has failed its `live` probe for so long is killed and started again."""
    backoff_first_s: float = 0.1
    backoff_most_s: float = 15.0
    stable_s: float = 10.0
    """A part that stayed ready for so long starts its backoff from the beginning."""
    attempts: int = 4
    """Starts of a service that has never been ready before the whole start is given up."""
