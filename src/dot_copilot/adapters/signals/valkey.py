"""Messages over Valkey's or Redis' publish and subscribe."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from dot_copilot.core.telemetry.clients import valkey_call

log = logging.getLogger(__name__)


class ValkeySignals:
    """Publishes. While the server does not answer, messages are lost: listeners bound how long they trust silence."""

    def __init__(self, host: str, port: int, password: str, *, tls: bool = False) -> None:
        self._client = Valkey(host=host, port=port, password=password, ssl=tls, socket_timeout=0.5, socket_connect_timeout=0.5)

    async def send(self, messages: Sequence[tuple[str, str]]) -> None:
        try:
            with valkey_call("publish"):
                async with self._client.pipeline(transaction=False) as pipe:
                    for channel, text in messages:
                        pipe.publish(channel, text)
                    await pipe.execute()
        except (ValkeyError, OSError) as error:
            log.warning("%d messages were not sent (%s)", len(messages), type(error).__name__)

    async def close(self) -> None:
        await self._client.aclose()
