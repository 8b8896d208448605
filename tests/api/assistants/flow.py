"""A client that goes through the whole flow as a real one does, with the person's consent given over the API."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from dot_copilot.core.caller import Role
from tests.api.identity.people import device
from tests.support.world import World

ROOT = "http://test"
PUBLIC = "http://localhost:8080"
RESOURCE = f"{PUBLIC}/mcp"
CALLBACK = "http://127.0.0.1:33418/callback"


def challenge_of(verifier: str) -> str:
    """S256 (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address, each once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


@dataclass
class Assistant:
    """A public client at an address of its own."""

    http: httpx.AsyncClient
    client_id: str = ""
    secret: str | None = None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    tokens: dict[str, Any] = field(default_factory=dict)

    async def register(self, **metadata: Any) -> dict[str, Any]:
        """RFC 7591; keeps the id and the secret."""
        sent = {
            "client_name": "Claude",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            **metadata,
        }
        answer = await self.http.post(f"{ROOT}/oauth/register", json=sent)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        self.client_id, self.secret = body["client_id"], body.get("client_secret")
        return body

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Of an authorization request; None leaves one out."""
        values = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            "resource": RESOURCE,
            "state": "s1",
            "scope": "drivers:read compliance:read",
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}

    async def authorize(self, **changes: Any) -> httpx.Response:
        """Where the browser is sent."""
        return await self.http.get(f"{ROOT}/oauth/authorize", params=self.parameters(**changes))

    async def ask(self, **changes: Any) -> str:
        """The id of a request that waits on the consent page."""
        answer = await self.authorize(**changes)
        assert answer.status_code == 302, answer.text
        location = answer.headers["location"]
        assert location.startswith(f"{PUBLIC}/connect?request="), location
        return query_of(location)["request"]

    async def code(self, person: httpx.AsyncClient, grant: list[str] | None = None, **changes: Any) -> str:
        """A code that `person` gave."""
        request = await self.ask(**changes)
        shown = (await person.get(f"/assistants/requests/{request}")).json()
        scopes = grant or [scope["scope"] for scope in shown["scopes"] if scope["allowed"]]
        answer = await person.post(f"/assistants/requests/{request}/approve", json={"scopes": scopes})
        assert answer.status_code == 200, answer.text
        return query_of(answer.json()["redirect_to"])["code"]

    async def token(self, **form: Any) -> httpx.Response:
        """A request to the token endpoint, as this client."""
        sent = {"client_id": self.client_id, **({"client_secret": self.secret} if self.secret else {}), **form}
        return await self.http.post(f"{ROOT}/oauth/token", data={k: v for k, v in sent.items() if v is not None})

    async def redeem(self, code: str, **changes: Any) -> httpx.Response:
        """Exchanges a code."""
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": self.verifier, "resource": RESOURCE, **changes}
        return await self.token(grant_type="authorization_code", **form)

    async def refresh(self, token: str | None = None, **changes: Any) -> httpx.Response:
        """Exchanges a refresh token, its own by default."""
        form = {"refresh_token": token or self.tokens["refresh_token"], **changes}
        return await self.token(grant_type="refresh_token", **form)

    async def connect(self, person: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
        """The whole flow; its tokens."""
        answer = await self.redeem(await self.code(person, **changes))
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self.tokens


async def assistant(world: World, **metadata: Any) -> Assistant:
    """A registered client."""
    made = Assistant(device(world))
    await made.register(**metadata)
    return made


async def connected(world: World, role: Role = Role.SAFETY_MANAGER, **changes: Any) -> Assistant:
    """A client that somebody of `role` has connected."""
    made = await assistant(world)
    await made.connect(await world.as_role(role), **changes)
    return made


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and the last word of a problem's type."""
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and the code of an OAuth error."""
    return answer.status_code, answer.json()["error"]
