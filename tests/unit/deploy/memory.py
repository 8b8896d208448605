"""A platform in memory: two slots, a schema, and a script of what goes wrong in which step."""

from __future__ import annotations

from dataclasses import dataclass, field

from dot_copilot.deploy.errors import RefusedError, StepFailedError, UnknownVersionError
from dot_copilot.deploy.model import Figures, Limits, Present, Release, Slot, Step
from dot_copilot.deploy.target import Say


class Killed(BaseException):
    """The deploying process was killed; nothing of it runs any more."""


@dataclass
class MemoryTarget:
    """What users see is `serving`; the other slot may hold something. The platform outlives whoever deploys to it."""

    name: str = "memory"
    slots: dict[str, str] = field(default_factory=lambda: {"blue": "1", "green": ""})
    running: set[str] = field(default_factory=lambda: {"blue"})
    serving: str = "blue"
    built: list[str] = field(default_factory=lambda: ["1"])
    schema: str = "1"
    quality: dict[str, Step] = field(default_factory=dict)
    """The step in which a version is found wanting."""
    dies: tuple[Step, bool] | None = None
    """The step in which whoever deploys is killed: before its effect, or after."""
    seen: list[str] = field(default_factory=list)
    """Every version that users were sent to, in order."""

    @property
    def idle(self) -> str:
        return "green" if self.serving == "blue" else "blue"

    def _slot(self, name: str) -> Slot:
        return Slot(name, self.slots[name], name in self.running)

    async def present(self) -> Present:
        return Present(self._slot(self.serving), self._slot(self.idle), "memory:")

    async def resolve(self, asked: str) -> str:
        if asked not in ("", "1", "2", "3"):
            raise UnknownVersionError(f"there is no version {asked}; there are: 1, 2, 3")
        if asked == "dirty":
            raise RefusedError("the tree has changes")
        return asked or "2"

    async def releases(self) -> list[str]:
        return list(self.built)

    def _before(self, step: Step, version: str = "") -> None:
        if self.dies == (step, False):
            self.dies = None
            raise Killed
        if version and self.quality.get(version) is step:
            raise StepFailedError(f"{version} is bad", {"why.txt": "because"})

    def _after(self, step: Step) -> None:
        if self.dies == (step, True):
            self.dies = None
            raise Killed

    async def build(self, version: str, say: Say) -> Release:
        self._before(Step.BUILD, version)
        if version not in self.built:
            self.built.append(version)
        self._after(Step.BUILD)
        return Release(version, "c", f"/{version}")

    async def migrate(self, release: Release, say: Say) -> str:
        self._before(Step.MIGRATE, release.version)
        self.schema = max(self.schema, release.version)
        self._after(Step.MIGRATE)
        return self.schema

    async def place(self, release: Release, say: Say) -> None:
        self._before(Step.PLACE)
        assert self.slots[self.serving] != release.version, "what serves is not placed beside itself"
        self.slots[self.idle] = release.version
        self.running.add(self.idle)
        self._before(Step.PLACE, release.version)
        self._after(Step.PLACE)

    async def warm_up(self, release: Release) -> None:
        self._look(Step.WARM_UP, release)

    async def smoke(self, release: Release) -> None:
        self._look(Step.SMOKE, release)

    def _look(self, step: Step, release: Release) -> None:
        self._before(step, release.version)
        assert self.slots[self.idle] == release.version
        assert self.idle in self.running
        self._after(step)

    def _turn(self, slot: str) -> None:
        assert slot in self.running, "users would be sent to nobody"
        if slot != self.serving:
            self.serving = slot
            self.seen.append(self.slots[slot])

    async def swap(self, release: Release) -> None:
        self._before(Step.SWAP, release.version)
        if self.slots[self.serving] != release.version:
            assert self.slots[self.idle] == release.version
            self._turn(self.idle)
        self._after(Step.SWAP)

    async def verify(self, release: Release) -> None:
        self._before(Step.VERIFY, release.version)
        assert self.slots[self.serving] == release.version
        self._after(Step.VERIFY)

    async def figures(self) -> Figures:
        return Figures(100, 0, 0.01)

    async def observe(self, release: Release, limits: Limits, before: Figures, say: Say) -> Figures:
        self._before(Step.OBSERVE, release.version)
        assert before.requests == 100, "the figures are those from before the swap, however often it is done"
        self._after(Step.OBSERVE)
        return Figures(200, 0, 0.01)

    async def swap_back(self, release: Release) -> None:
        self._before(Step.SWAP_BACK)
        if self.slots[self.serving] == release.version:
            self.running.add(self.idle)
            self._turn(self.idle)
        self._after(Step.SWAP_BACK)

    async def retire_idle(self, say: Say) -> None:
        for step in (Step.RETIRE, Step.CLEAR):
            self._before(step)
        self.running.discard(self.idle)
        for step in (Step.RETIRE, Step.CLEAR):
            self._after(step)

    async def evidence(self) -> dict[str, str]:
        return {"log.txt": f"log of {self.slots[self.idle]}"}
