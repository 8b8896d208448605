"""The vocabulary of a deploy. Everything here is inert: the engine decides, a target acts, the journal remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Step(StrEnum):
    """What a deploy does, in this order; the last two only when it goes back."""

    BUILD = "build"
    MIGRATE = "migrate"
    PLACE = "place"
    WARM_UP = "warm-up"
    SMOKE = "smoke"
    SWAP = "swap"
    VERIFY = "verify"
    OBSERVE = "observe"
    RETIRE = "retire"
    SWAP_BACK = "swap-back"
    CLEAR = "clear"


FORWARD = (
    *(Step.BUILD, Step.MIGRATE, Step.PLACE, Step.WARM_UP, Step.SMOKE),
    *(Step.SWAP, Step.VERIFY, Step.OBSERVE, Step.RETIRE),
)
"""The way of a deploy that is kept. A rollback takes it without `migrate`: older code works on a newer schema."""
BACKWARD = (Step.SWAP_BACK, Step.CLEAR)
"""The way back. `swap-back` is left out when the swap was never begun."""


class StepState(StrEnum):
    """What the journal knows of a step. One that is only `begun` may have happened wholly, partly, or not at all."""

    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"


class Outcome(StrEnum):
    """How a deploy ended. In the last two the version from before serves."""

    KEPT = "kept"
    """The new version serves, and has been watched for the whole observation window."""
    ROLLED_BACK = "rolled back"
    """It did serve, and was found wanting; or somebody asked to go back."""
    STOPPED = "stopped"
    """It was found wanting before anybody was sent to it."""


class Kind(StrEnum):
    """Why a deploy was begun."""

    DEPLOY = "deploy"
    ROLLBACK = "rollback"


@dataclass(frozen=True, slots=True)
class Release:
    """A built version. `place` is where the target finds it again: a directory, the digest of an image."""

    version: str
    commit: str
    place: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the two places that a version can be in: a colour of the local stack, a slot of App Service.

    `version` is what is in it, empty if nothing is; `running` says whether it has processes that could answer.
    """

    name: str
    version: str = ""
    running: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class Present:
    """What is the case, as the target itself says (never from memory)."""

    serving: Slot
    idle: Slot
    url: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What the observation window tolerates.

    `errors` is the share (0 to 1) of answers with 500 or above, `p99_s` the 99th percentile of the answers' seconds. It is
    judged again and again while the window lasts, over what was answered since the swap, once `least` requests were; a
    breach ends it at once. `slower` is how many times the p99 from before the swap is tolerated (whichever of the two is more).
    """

    seconds: float = 30
    errors: float = 0.01
    p99_s: float = 1.0
    slower: float = 2.0
    least: int = 50


@dataclass(frozen=True, slots=True)
class Figures:
    """What was answered during a time: a number, how many of it with 500 or above, and the p99 in seconds (None: unknown)."""

    requests: int
    errors: int
    p99_s: float | None

    @property
    def error_share(self) -> float:
        """Between 0 and 1."""
        return self.errors / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step as the journal has it. `at` is UTC in ISO 8601, `seconds` how long it took, `detail` a sentence for people."""

    step: Step
    state: StepState
    at: str
    seconds: float | None = None
    detail: str = ""


@dataclass(slots=True)
class Deploy:
    """One deploy, put together from the journal's lines. `outcome` is None while it is under way, or was interrupted."""

    number: int
    kind: Kind
    version: str
    """What it brings."""
    before: str
    """What served when it began."""
    who: str
    begun_at: str
    release: Release | None = None
    """Known once `build` is done."""
    steps: list[StepRecord] = field(default_factory=list)
    outcome: Outcome | None = None
    reason: str = ""
    """Why it went back; empty while nothing speaks against it."""
    ended_at: str = ""
    figures: Figures | None = None
    """What the front door answered before the swap."""

    def state_of(self, step: Step) -> StepState | None:
        """The newest word about a step; None if it was never begun."""
        return next((record.state for record in reversed(self.steps) if record.step == step), None)

    @property
    def last(self) -> StepRecord | None:
        """The newest record."""
        return self.steps[-1] if self.steps else None
