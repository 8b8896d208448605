"""Who sees how the platform is: administrators of the carriers that the settings admit. Also while the database is down."""

from __future__ import annotations

import asyncio
import logging
import time

from dot_copilot.core.caller import Caller
from dot_copilot.core.errors import Unavailable
from dot_copilot.core.platform import Platform
from dot_copilot.core.problem_handlers import GONE
from dot_copilot.core.watching import shows_operations
from dot_copilot.features.operations.errors import OperationsNotShown
from dot_copilot.features.operations.repository import carriers

log = logging.getLogger(__name__)
_HOLDS_S = 10.0
_PATIENCE_S = 1.0
_MOST = 1000


async def check(platform: Platform, caller: Caller) -> None:
    """Raises `OperationsNotShown`, or `Unauthorized` when the session has ended.

    A verdict holds ten seconds, as at the MCP gateway. This is the page one opens when the database is down: then the token
    itself, which is good for minutes, is believed where every administrator is admitted, and an earlier verdict elsewhere.
    """
    verdicts, key, now = platform.watch.verdicts, (caller.session_id, caller.token_version), time.monotonic()
    at, admitted = verdicts.get(key, (-_HOLDS_S, False))
    if now - at > _HOLDS_S:
        asked = await _ask(platform, caller)
        if asked is None and key not in verdicts and platform.settings.operations_carriers.strip(" ,"):
            raise Unavailable("The database is not answering, so nobody can tell whether you may see this. Try again in a while.")
        admitted = asked if asked is not None else admitted or shows_operations(platform.settings, "")
        while len(verdicts) >= _MOST:
            verdicts.pop(next(iter(verdicts)))
        verdicts[key] = (now, admitted)
    if not admitted:
        raise OperationsNotShown(
            "How the platform is doing is shown to those who run it. DOT_OPERATIONS_CARRIERS names their carriers."
        )


async def _ask(platform: Platform, caller: Caller) -> bool | None:
    """Whether the caller's carrier is admitted; None when the database does not answer soon."""

    async def number() -> str:
        async with platform.database.door(caller) as door:
            return await carriers.usdot(door)

    task = asyncio.ensure_future(number())
    await asyncio.wait({task}, timeout=_PATIENCE_S)
    if not task.done():
        # Not waited for: ending a transaction with a server that hangs takes longer than the reader has patience.
        task.cancel()
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return None
    try:
        return shows_operations(platform.settings, task.result())
    except (*GONE, OSError) as error:
        log.warning("operations are shown without asking the database: %s", type(error).__name__)
        return None
