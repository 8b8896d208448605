"""The Azure CLI, called in one place. What Azure says badly is said well here; what will pass is waited for."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from dot_copilot.deploy.errors import RefusedError, StepFailedError

_BUSY = re.compile(r"\b409\b|Conflict|ServerIsBusy|TooManyRequests|\b429\b|another operation is in progress", re.IGNORECASE)
_NOT_LOGGED_IN = re.compile(r"az login|AADSTS\d+|No subscription found|token has expired", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"Max retries exceeded|Failed to establish|Name or service not known|NameResolution|Connection (aborted|reset)"
)
_MISSING = re.compile(r"ResourceNotFound|ResourceGroupNotFound|was not found|SiteNotFound")
_FORBIDDEN = re.compile(r"AuthorizationFailed|does not have authorization|\b403\b")

INSTALL = "the Azure CLI is not installed; get it from https://aka.ms/azure-cli, then run: az login"


class AzError(Exception):
    """`az` ended with an error: what was asked, and what it said."""

    def __init__(self, words: str, said: str) -> None:
        super().__init__(f"az {words}: {said}")
        self.said = said

    @property
    def busy(self) -> bool:
        """Something else is being done to the same resource; later it may work."""
        return bool(_BUSY.search(self.said))

    @property
    def missing(self) -> bool:
        """There is no such resource."""
        return bool(_MISSING.search(self.said))


class Az:
    """Runs `az`. A busy resource is asked again for `patience` seconds, with growing pauses of at least `pause`."""

    def __init__(
        self, *, patience: float = 600, pause: float = 5, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._patience, self._pause, self._sleep = patience, pause, sleep

    async def __call__(self, *words: str) -> Any:
        """What the command answers, from JSON; None for nothing.

        RefusedError when there is no `az`, or nobody is signed in; StepFailedError when Azure can't be reached, refuses, or
        stays busy; AzError for everything else.
        """
        waited, pause = 0.0, self._pause
        while True:
            try:
                return await self.once(*words)
            except AzError as error:
                if not error.busy:
                    raise
                if waited >= self._patience:
                    raise StepFailedError(f"Azure was busy for {waited:.0f} s and did not do '{_short(words)}'") from None
            await self._sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, 60)

    async def once(self, *words: str) -> Any:
        """The same, and an AzError when the resource is busy."""
        program = shutil.which("az")
        if program is None:
            raise RefusedError(INSTALL)
        process = await asyncio.create_subprocess_exec(
            *(program, *words, "--output", "json", "--only-show-errors"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
        if process.returncode:
            raise _understood(words, err.decode(errors="replace"))
        return json.loads(out) if out.strip() else None


def _understood(words: Sequence[str], said: str) -> Exception:
    """The error as the person who deploys should hear it."""
    line = next((text.removeprefix("ERROR: ") for text in said.splitlines() if text.strip()), "no reason given")
    if _NOT_LOGGED_IN.search(said):
        return RefusedError("nobody is signed in at Azure; run: az login (a workflow: azure/login with id-token: write)")
    if _UNREACHABLE.search(said):
        return StepFailedError(f"Azure could not be reached for '{_short(words)}'; what serves was left as it is")
    if _FORBIDDEN.search(said):
        return StepFailedError(
            f"Azure does not allow '{_short(words)}'; give this identity the role Website Contributor on the group"
        )
    return AzError(_short(words), line)


def _short(words: Sequence[str]) -> str:
    """The command without its options, which may be long, and are nobody's business."""
    return " ".join(word for word in words[: next((i for i, word in enumerate(words) if word.startswith("-")), None)])
