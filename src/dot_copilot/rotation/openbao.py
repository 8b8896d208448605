"""The keeper of a home: OpenBao, KV version 2, with the supervisor's AppRole. Its check-and-set makes a write all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from dot_copilot.rotation.errors import ChangedMeanwhileError, NotAnsweringError, RotationError
from dot_copilot.rotation.keeper import Kept

_DATA = "/v1/kv/data/dot-copilot"


class OpenBaoKeeper:
    """`credentials` is the supervisor's file: {"role_id", "secret_id"}. The token is given back at the end."""

    def __init__(self, url: str, credentials: Path, marker: Path | None = None) -> None:
        """`marker` is touched after each write: the processes of this machine look at it every second."""
        self._credentials, self._marker = credentials, marker
        self._client = httpx.AsyncClient(base_url=url, timeout=5, verify=url.startswith("https"), trust_env=False)
        self._token = ""

    async def read(self, name: str) -> Kept | None:
        answer = await self._ask("GET", f"{_DATA}/{name}")
        if answer.status_code == 404:
            return None
        found = _checked(answer, name)["data"]
        return Kept(str(found["data"]["value"]), str(found["metadata"]["version"]))

    async def write(self, name: str, value: str, over: Kept | None) -> Kept:
        body = {"data": {"value": value}, "options": {"cas": int(over.version) if over else 0}}
        answer = await self._ask("POST", f"{_DATA}/{name}", body)
        if answer.status_code == 400 and "check-and-set" in answer.text:
            raise ChangedMeanwhileError(name)
        kept = Kept(value, str(_checked(answer, name)["data"]["version"]))
        self._announce()
        return kept

    def _announce(self) -> None:
        try:
            if self._marker is not None:
                self._marker.touch()
        except OSError as error:
            raise RotationError(f"{self._marker} can't be touched, so nobody hears of it ({error}); run this again") from None

    async def close(self) -> None:
        """Gives the token back; one that can't be given back ends by itself within the hour."""
        try:
            if self._token:
                await self._client.post("/v1/auth/token/revoke-self", headers={"X-Vault-Token": self._token})
        except httpx.HTTPError:
            pass
        finally:
            await self._client.aclose()

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            if not self._token:
                login = json.loads(self._credentials.read_text())
                answer = await self._client.post("/v1/auth/approle/login", json=login)
                self._token = str(_checked(answer, "the supervisor's sign-in")["auth"]["client_token"])
            return await self._client.request(method, path, json=body, headers={"X-Vault-Token": self._token})
        except httpx.HTTPError as error:
            doubt = (
                "whether it took the change is not known, and running this again finds out" if method == "POST" else _UNCHANGED
            )
            raise NotAnsweringError(f"the secret store does not answer ({type(error).__name__}); {doubt}") from None
        except (OSError, ValueError) as error:
            raise RotationError(f"the supervisor's credentials in {self._credentials} can't be read ({error})") from None


_UNCHANGED = "this step changed nothing. When it is back, run this again"


def _checked(answer: httpx.Response, name: str) -> Any:
    if answer.status_code < 300:
        return answer.json()
    reasons = "; ".join(str(one) for one in _errors(answer)) or f"status {answer.status_code}"
    if answer.status_code == 503:
        raise NotAnsweringError(f"the secret store does not serve ({reasons}); {_UNCHANGED}")
    raise RotationError(f"the secret store refused {name}: {reasons}; {_UNCHANGED}")


def _errors(answer: httpx.Response) -> list[Any]:
    try:
        found = answer.json()
    except ValueError:
        return []
    return list(found.get("errors") or []) if isinstance(found, dict) else []
