"""Secrets from OpenBao or Vault: AppRole sign-in, KV version 2 (`kv/dot-copilot/<name>`, field `value`)."""

from __future__ import annotations

from pathlib import Path

import httpx

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
        answer = await self._read(name)
        if answer.status_code == 403:
            self._token = None
            answer = await self._read(name)
        if answer.status_code == 404:
            raise KeyError(name)
        answer.raise_for_status()
        return str(answer.json()["data"]["data"]["value"])

    async def ready(self) -> None:
        (await self._client.get("/v1/sys/health")).raise_for_status()

    async def close(self) -> None:
        await self._client.aclose()

    async def _read(self, name: str) -> httpx.Response:
        if self._token is None:
            self._token = await self._sign_in()
        return await self._client.get(f"/v1/{_MOUNT}/data/{_PREFIX}/{name}", headers={"X-Vault-Token": self._token})

    async def _sign_in(self) -> str:
        secret_id = self._secret_id_file.read_text().strip()
        answer = await self._client.post("/v1/auth/approle/login", json={"role_id": self._role_id, "secret_id": secret_id})
        answer.raise_for_status()
        return str(answer.json()["auth"]["client_token"])
