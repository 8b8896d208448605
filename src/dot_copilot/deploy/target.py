"""What a platform must be able to do so that the engine can deploy to it.

Every method may be called again: after it has succeeded, after it has failed, and after the process that called it was killed
in the middle. It then finds out what is the case and does what is still missing, so that calling it twice is as good as once.
The engine never calls two of them at a time, and calls them in the order of `model.FORWARD`, then perhaps of `model.BACKWARD`.

Until `swap` nothing that users notice may change, and none of them may need the deploying process afterwards: what a step has
promised stays so when that process dies. A method that raises has left what served before serving, except `swap` and
`swap_back`, after which `present` tells who serves.

Failures: `StepFailedError` with one sentence and evidence when the release is wanting or a step can't be done; any other
exception is taken for the same, with its type. What the user must mend before anything is begun is a `RefusedError`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from dot_copilot.deploy.model import Figures, Limits, Present, Release

Say = Callable[[str], None]
"""Tells the person who watches what is going on inside a step, one line at a time."""


class Target(Protocol):
    """One platform with two slots, of which one serves."""

    @property
    def name(self) -> str:
        """What the journal is kept under: `local`, `azure-prod`."""

    async def present(self) -> Present:
        """Who serves and what the other slot holds, looked up now.

        RefusedError when the platform can't be asked (it is down, not there, or has no second slot), with what to do.
        """

    async def resolve(self, asked: str) -> str:
        """The full name of the version that `asked` (a tag, a ref, the name of a built release, a file) means; empty: the newest.

        Changes nothing. UnknownVersionError naming the versions there are; RefusedError for a tree with changes.
        """

    async def releases(self) -> list[str]:
        """Versions that are built already and can be served without `build`, oldest first."""

    async def build(self, version: str, say: Say) -> Release:
        """A release of `version`, as resolved: made now, or found as it was made before. Complete, or not there at all.

        StepFailedError when it can't be made (an unreachable registry, a build that fails).
        """

    async def migrate(self, release: Release, say: Say) -> str:
        """Bring the database to the newest revision that `release` knows, with the release's own code; gives the revision.

        What serves goes on working on it (expand/contract). StepFailedError leaves the schema at a whole migration.
        """

    async def place(self, release: Release, say: Say) -> None:
        """Put `release` into the idle slot and start it there; nobody is sent to it. What the slot held before is gone.

        Returns once its processes say that they are ready. StepFailedError when they do not in their time, with their logs.
        """

    async def warm_up(self, release: Release) -> None:
        """Let the idle slot load what its first users would wait for; ends when it answers quickly."""

    async def smoke(self, release: Release) -> None:
        """Ask the idle slot what users will ask, and compare: it must answer as `release`, correctly and in time."""

    async def swap(self, release: Release) -> None:
        """Send everybody to the slot that holds `release`; requests under way are finished where they are.

        Nothing happens if it serves already. Returns when all new requests go there.
        """

    async def verify(self, release: Release) -> None:
        """Ask through the front door: `release` itself must answer there, not merely something."""

    async def figures(self) -> Figures:
        """What the front door has answered since it was started: counters that only grow, and the p99 of the last minute."""

    async def observe(self, release: Release, limits: Limits, before: Figures, say: Say) -> Figures:
        """Watch the front door for `limits.seconds`; `before` is the p99 and the like from before the swap.

        Gives what was seen. StepFailedError at once when a limit is broken, with the figures and bodies of bad answers.
        """

    async def swap_back(self, release: Release) -> None:
        """Send everybody to the slot that does not hold `release`. Nothing happens if `release` does not serve.

        If that slot's processes are gone they are started first (slower, and still better than the bad release).
        """

    async def retire_idle(self, say: Say) -> None:
        """Drain the idle slot and stop it. Its release stays for a rollback, as do files that open pages may still ask for."""

    async def evidence(self) -> dict[str, str]:
        """What to keep of the idle slot before it is stopped: the name of a file, and its text. Never raises, never a secret."""
