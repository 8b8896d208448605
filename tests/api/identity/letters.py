"""Mail of a test's own carrier, delivered into a list."""

from __future__ import annotations

import re
from typing import Any

from dot_copilot.core import outbox
from dot_copilot.core.ports import MailMessage
from tests.support.world import World


class Letters:
    """Takes what a world posts."""

    repeatable = True

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent: list[MailMessage] = []

    async def send(self, message: MailMessage, handing_over: Any) -> None:
        await handing_over()
        self.sent.append(message)

    async def ready(self) -> None: ...

    async def close(self) -> None: ...

    async def fetch(self) -> list[MailMessage]:
        """Delivers what waits; everything that was sent so far."""
        worker = self.world.worker
        await outbox.deliver(outbox.Office(worker.database, self, worker.clock, worker.link_key), self.world.carrier_id)
        return self.sent

    async def token(self, to: str) -> str:
        """The token of the newest link that went to an address."""
        links = [re.search(r"#([\w-]{43})", mail.text) for mail in await self.fetch() if mail.to == to]
        found = [link[1] for link in links if link]
        assert found, "no link was sent"
        return found[-1]
