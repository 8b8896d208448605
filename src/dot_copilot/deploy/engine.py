"""The deploy itself: which step comes next, whether what was found is good enough, and the way back. A `Target` acts.

Everything is written down before it is done. So whoever is killed leaves a journal that says which step may have happened, and
`go_on` asks the target what is the case and does the rest; every step may be done again.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from dot_copilot.deploy.errors import DeployError, RefusedError, ServesAlreadyError, StepFailedError, UnknownVersionError
from dot_copilot.deploy.journal import Journal
from dot_copilot.deploy.model import FORWARD, Deploy, Figures, Kind, Limits, Outcome, Release, Step, StepState
from dot_copilot.deploy.target import Say, Target

_BEFORE_SWAP = (Step.PLACE, Step.WARM_UP, Step.SMOKE)


def _silent(_: str) -> None:
    """Tells nobody."""


@dataclass
class Engine:
    """Deploys to one target. The journal's lock must be held by whoever calls what changes something."""

    target: Target
    journal: Journal
    limits: Limits = field(default_factory=Limits)
    say: Say = _silent

    async def deploy(self, asked: str) -> Deploy:
        """Bring a version. What an earlier deploy left unfinished is finished first: continued if it is the same, else undone.

        RefusedError (nothing was begun) or the deploy as it ended; DeployError if the way back itself failed.
        """
        unfinished = self.journal.unfinished()
        if unfinished is not None:
            self.say(await self.standing(unfinished))
            if asked in ("", unfinished.version) or await self._resolved(asked) == unfinished.version:
                return await self.go_on()
            await self.undo("another version was asked for")
        present = await self.target.present()
        version = await self.target.resolve(asked)
        if version == present.serving.version:
            raise ServesAlreadyError(f"{version} serves already, at {present.url}")
        return await self._run(self.journal.begin(Kind.DEPLOY, version, present.serving.version))

    async def _resolved(self, asked: str) -> str:
        return await self.target.resolve(asked)

    async def go_on(self) -> Deploy:
        """Finish what was interrupted, forward or back."""
        unfinished = self.journal.unfinished()
        if unfinished is None:
            raise RefusedError("no deploy was interrupted; 'dot-copilot deploy history' lists them")
        return await self._run(unfinished)

    async def undo(self, reason: str) -> Deploy:
        """Take back what was interrupted."""
        unfinished = self.journal.unfinished()
        if unfinished is None:
            raise RefusedError("no deploy was interrupted")
        if not unfinished.reason:
            self.journal.back(unfinished, reason)
        return await self._run(unfinished)

    async def rollback(self) -> Deploy:
        """Undo an interrupted deploy; else go back to what served before the last one, as carefully as forward."""
        if self.journal.unfinished() is not None:
            return await self.undo("somebody asked to go back")
        present = await self.target.present()
        kept = [one for one in self.journal.deploys() if one.outcome is Outcome.KEPT and one.version == present.serving.version]
        if not kept:
            raise RefusedError(f"{present.serving.version} was not brought by a deploy, so there is nothing to go back to")
        version, built = kept[-1].before, await self.target.releases()
        if version not in built:
            known = ", ".join(built) or "none"
            raise UnknownVersionError(f"{version} served before, and is not here any more; there are: {known}")
        return await self._run(self.journal.begin(Kind.ROLLBACK, version, present.serving.version))

    async def standing(self, deploy: Deploy) -> str:
        """Where an interrupted deploy stands, in a sentence or two."""
        present = await self.target.present()
        last = deploy.last
        at = f"in the step {last.step}" if last is not None and last.state is StepState.BEGUN else "between two steps"
        back = f" It was going back: {deploy.reason}." if deploy.reason else ""
        return (
            f"deploy {deploy.number} of {deploy.version} was interrupted {at} ({(last.at if last else deploy.begun_at)[:19]}Z); "
            f"{present.serving.version} serves.{back}"
        )

    async def _run(self, deploy: Deploy) -> Deploy:
        """From wherever it is to its end."""
        if not deploy.reason:
            await self._forward(deploy)
        if deploy.reason and deploy.outcome is None:
            await self._backward(deploy)
        return deploy

    async def _forward(self, deploy: Deploy) -> None:
        serves = (await self.target.present()).serving.version == deploy.version
        for step in FORWARD:
            if self._is_settled(deploy, step, serves):
                continue
            try:
                await self._step(deploy, step, self._deed(deploy, step))
            except StepFailedError as failure:
                if step is Step.RETIRE:
                    self.say(f"{deploy.version} is kept; what served before still runs, because: {failure.reason}")
                    continue
                self.journal.keep(deploy, failure.evidence)
                self.journal.back(deploy, f"{step}: {failure.reason}")
                return
        self.journal.end(deploy, Outcome.KEPT)

    @staticmethod
    def _is_settled(deploy: Deploy, step: Step, serves: bool) -> bool:
        """Whether a step need not be done (again): what the idle slot held may have gone since it was placed there."""
        if step is Step.BUILD:
            return deploy.release is not None
        if step is Step.MIGRATE and deploy.kind is Kind.ROLLBACK:
            return True
        if step in _BEFORE_SWAP:
            return serves
        if step is Step.SWAP:
            return False
        return deploy.state_of(step) is StepState.DONE

    def _deed(self, deploy: Deploy, step: Step) -> Callable[[], Awaitable[str]]:
        target, say = self.target, self.say

        async def build() -> str:
            release = await target.build(deploy.version, say)
            self.journal.built(deploy, release)
            return release.place

        async def swap() -> str:
            if deploy.figures is None:
                self.journal.measured(deploy, await target.figures())
            await target.swap(_built(deploy))
            return ""

        async def observe() -> str:
            before = deploy.figures or Figures(0, 0, None)
            return _told(await target.observe(_built(deploy), self.limits, before, say))

        deeds: dict[Step, Callable[[], Awaitable[str | None]]] = {
            Step.BUILD: build,
            Step.MIGRATE: lambda: target.migrate(_built(deploy), say),
            Step.PLACE: lambda: target.place(_built(deploy), say),
            Step.WARM_UP: lambda: target.warm_up(_built(deploy)),
            Step.SMOKE: lambda: target.smoke(_built(deploy)),
            Step.SWAP: swap,
            Step.VERIFY: lambda: target.verify(_built(deploy)),
            Step.OBSERVE: observe,
            Step.RETIRE: lambda: target.retire_idle(say),
            Step.SWAP_BACK: lambda: target.swap_back(_built(deploy)),
            Step.CLEAR: lambda: self._clear(deploy),
        }

        async def do() -> str:
            return await deeds[step]() or ""

        return do

    async def _clear(self, deploy: Deploy) -> None:
        self.journal.keep(deploy, await self.target.evidence())
        await self.target.retire_idle(self.say)

    async def _backward(self, deploy: Deploy) -> None:
        began = time.monotonic()
        self.say(f"going back to {deploy.before}: {deploy.reason}")
        swapped = deploy.state_of(Step.SWAP) is not None
        if swapped and deploy.state_of(Step.SWAP_BACK) is not StepState.DONE:
            try:
                await self._step(deploy, Step.SWAP_BACK, self._deed(deploy, Step.SWAP_BACK))
            except StepFailedError as failure:
                raise DeployError(
                    f"going back to {deploy.before} failed: {failure.reason}; {deploy.version} may still serve. "
                    "Try again with 'dot-copilot deploy rollback'"
                ) from None
            self.say(f"{deploy.before} serves again, {time.monotonic() - began:.1f} s after that was decided")
        try:
            await self._step(deploy, Step.CLEAR, self._deed(deploy, Step.CLEAR))
        except StepFailedError as failure:
            self.say(f"what was put into the idle slot still runs, because: {failure.reason}")
        self.journal.end(deploy, Outcome.ROLLED_BACK if swapped else Outcome.STOPPED)

    async def _step(self, deploy: Deploy, step: Step, deed: Callable[[], Awaitable[str]]) -> None:
        self.journal.step(deploy, step, StepState.BEGUN)
        self.say(f"{step} ...")
        began = time.monotonic()
        try:
            detail = await deed()
        except Exception as error:  # noqa: BLE001 - whatever a step died of, what served before must serve again
            failure = error if isinstance(error, StepFailedError) else _failure(error)
            self.journal.step(deploy, step, StepState.FAILED, round(time.monotonic() - began, 3), failure.reason)
            raise failure from None
        self.journal.step(deploy, step, StepState.DONE, round(time.monotonic() - began, 3), detail)


def _failure(error: Exception) -> StepFailedError:
    known = isinstance(error, DeployError)
    return StepFailedError(str(error) if known else f"{type(error).__name__}: {error}")


def _built(deploy: Deploy) -> Release:
    """What the deploy brings; before `build` only its name is known, which is all that the way back needs."""
    return deploy.release or Release(deploy.version, "", "")


def _told(figures: Figures) -> str:
    slowest = "unknown" if figures.p99_s is None else f"{figures.p99_s * 1000:.0f} ms"
    return f"{figures.requests} requests, {figures.errors} failed, p99 {slowest}"
