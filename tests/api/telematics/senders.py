"""A provider for tests: signs bodies and sends them to a feed's address."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from dot_copilot.core.caller import Role
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.signatures import sign
from tests.api.identity.people import device
from tests.support.world import World


def fresh_secret() -> str:
    """One that both providers' feeds take."""
    return base64.b64encode(secrets.token_bytes(24)).decode()


@dataclass
class Sender:
    """A provider that knows one feed."""

    world: World
    provider: Provider
    feed: dict[str, Any]
    secret: str
    client: httpx.AsyncClient
    timestamp: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it sends to, below /api/v1."""
        path: str = urlsplit(self.feed["webhook_url"]).path
        return path.removeprefix("/api/v1")

    def signed(self, raw: bytes) -> dict[str, str]:
        """The headers that go with these bytes."""
        timestamp = str(self.timestamp or int(time.time()))
        signature = sign(self.provider, self.secret, timestamp, raw).hex()
        if self.provider is Provider.SAMSARA:
            return {"X-Samsara-Timestamp": timestamp, "X-Samsara-Signature": f"v1={signature}"}
        return {"X-KT-Webhook-Signature": signature}

    async def send(self, body: Any, **headers: str | None) -> httpx.Response:
        """One delivery of JSON, or of bytes as they are; a header that is None is left out."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        sent = {"Content-Type": "application/json", **self.signed(raw), **{k.replace("_", "-"): v for k, v in headers.items()}}
        return await self.client.post(
            self.path, content=raw, headers={name: value for name, value in sent.items() if value is not None}
        )


async def make_feed(world: World, provider: Provider, name: str = "Main account") -> dict[str, Any]:
    """A feed without a secret."""
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.post("/telematics/feeds", json={"provider": provider.value, "name": name})
    assert answer.status_code == 201, answer.text
    feed: dict[str, Any] = answer.json()
    return feed


async def enter_secret(world: World, feed: dict[str, Any], secret: str, **more: Any) -> dict[str, Any]:
    """Enters a secret; gives the feed as it is then."""
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.put(f"/telematics/feeds/{feed['id']}/secret", json={"secret": secret, **more})
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def sender(world: World, provider: Provider = Provider.SAMSARA) -> Sender:
    """A provider with a feed of its own whose secret is entered."""
    secret = fresh_secret()
    feed = await enter_secret(world, await make_feed(world, provider), secret)
    return Sender(world, provider, feed, secret, device(world))


async def events(world: World, **query: Any) -> list[dict[str, Any]]:
    """The events of the carrier as the list shows them."""
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.get("/telematics/events", params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and kind of an error."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]
