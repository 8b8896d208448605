"""Secrets from OpenBao or Vault: AppRole sign-in, KV version 2 (`kv/dot-copilot/<name>`, field `value`)."""

from __future__ import annotations

from pathlib import Path

import httpx

from dot_copilot.core.ports import SecretsUnavailable
from dot_copilot.core.telemetry.clients import http_call

_MOUNT = "kv"
_PREFIX = "dot-copilot"


class OpenBaoSecretStore:
    """Signs in lazily and once more when its token has run out."""

    def __init__(self, url: str, role_id: str, secret_id_file: Path) -> None:
        self._role_id = role_id
        self._secret_id_file = secret_id_file
        self._client = httpx.AsyncClient(base_url=url, timeout=5, verify=url.startswith("https"), trust_env=False)
        self._token: str | None = None

    async def get(self, name: str) -> str:
        """The secret's value; `KeyError` when there is none, `httpx.HTTPError` when the store does not answer."""
        answer = await self._ask("GET", "data", name)
        if answer.status_code == 404:
            raise KeyError(name)
        answer.raise_for_status()
        return str(answer.json()["data"]["data"]["value"])

    async def fresh(self, name: str) -> str:
        return await self.get(name)

    async def put(self, name: str, value: str) -> None:
        await self._change("POST", "data", name, {"data": {"value": value}})

    async def delete(self, name: str) -> None:
        """Deletes the metadata: with it go all versions, which deleting the data alone would leave to be undeleted."""
        await self._change("DELETE", "metadata", name)

    async def _change(self, method: str, kind: str, name: str, body: object = None) -> None:
        try:
            (await self._ask(method, kind, name, body)).raise_for_status()
        except (httpx.HTTPError, OSError) as error:
            raise SecretsUnavailable(f"the secret store did not take the change ({type(error).__name__})") from None

    async def ready(self) -> None:
        (await self._client.get("/v1/sys/health")).raise_for_status()

    async def close(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, kind: str, name: str, body: object = None) -> httpx.Response:
        answer = await self._send(method, kind, name, body)
        if answer.status_code == 403:
            self._token = None
            answer = await self._send(method, kind, name, body)
        return answer

    async def _send(self, method: str, kind: str, name: str, body: object) -> httpx.Response:
        if self._token is None:
            self._token = await self._sign_in()
        headers = {"X-Vault-Token": self._token}
        with http_call("openbao", method) as call:
            answer = await self._client.request(method, f"/v1/{_MOUNT}/{kind}/{_PREFIX}/{name}", headers=headers, json=body)
            call.status = answer.status_code
        return answer

    async def _sign_in(self) -> str:
        secret_id = self._secret_id_file.read_text().strip()
        with http_call("openbao", "POST") as call:
            answer = await self._client.post("/v1/auth/approle/login", json={"role_id": self._role_id, "secret_id": secret_id})
            call.status = answer.status_code
        answer.raise_for_status()
        return str(answer.json()["auth"]["client_token"])
