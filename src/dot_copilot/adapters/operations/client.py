"""A small JSON client for servers beside us that may be down, slow or wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import httpx
import msgspec

from dot_copilot.core.watching import SourceError, SourceOff

LARGEST = 8 << 20
USER = "dot-copilot"


class JsonClient:
    """Asks one server and waits `seconds` at most, however slowly it trickles; with a `password` as the user `dot-copilot`."""

    def __init__(self, url: str, setting: str, *, password: str = "", seconds: float = 2.5) -> None:
        self._url, self._setting, self._seconds = url.rstrip("/"), setting, seconds
        self._auth = httpx.BasicAuth(USER, password) if password else None

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=self._seconds, follow_redirects=False, trust_env=False, auth=self._auth)

    async def get(self, path: str) -> Any:
        """The JSON at `path`; `SourceOff` without a server, else `SourceError` for whatever is wrong with it."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, form: Mapping[str, str]) -> Any:
        """The JSON that answers a form."""
        return await self._ask("POST", path, form)

    async def _ask(self, method: str, path: str, form: Mapping[str, str] | None) -> Any:
        if not self._url:
            raise SourceOff(f"{self._setting} is not set")
        try:
            async with asyncio.timeout(self._seconds):
                status, body = await self._send(method, path, form)
        except TimeoutError:
            raise SourceError(f"it did not answer within {self._seconds:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(f"it can't be reached ({type(error).__name__})") from None
        if status == 401:
            raise SourceError("it does not take our password; DOT_WATCHING_SECRET names it in the secret store")
        if status != 200:
            raise SourceError(f"it answered {status}")
        try:
            return msgspec.json.decode(body)
        except msgspec.DecodeError:
            raise SourceError("its answer is not JSON") from None

    async def _send(self, method: str, path: str, form: Mapping[str, str] | None) -> tuple[int, bytes]:
        body = bytearray()
        async with self._client.stream(method, self._url + path, data=form) as answer:
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise SourceError(f"its answer has more than {LARGEST >> 20} MB")
        return answer.status_code, bytes(body)

    async def close(self) -> None:
        """Closes the connections, if any were made."""
        if "_client" in self.__dict__:
            await self._client.aclose()
