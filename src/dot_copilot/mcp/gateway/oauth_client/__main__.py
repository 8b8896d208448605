"""Connects the gateway to an upstream with `credential = "oauth"`: `python -m dot_copilot.mcp.gateway.oauth_client NAME`.

Prints an address to open in a browser, waits for the answer on the redirect URI, and keeps the grant in the secret store,
where the gateway finds it. Wants the environment of a gateway process.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from urllib.parse import parse_qs, urlsplit

from mcp.client.auth import AuthorizationCodeResult

from dot_copilot.compose import secret_store
from dot_copilot.core.settings import Settings
from dot_copilot.mcp.gateway.config import ConfigError, UpstreamConfig, load
from dot_copilot.mcp.gateway.oauth_client.build import Person, authorizer
from dot_copilot.mcp.gateway.oauth_client.upstream import OAuthHttpUpstream
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError

_PAGE = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"
_PAGE += b"The gateway has the answer. You may close this page.\n"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n"


class Browser:
    """The person at the terminal, and the browser that comes back to the redirect URI."""

    def __init__(self, redirect_uri: str) -> None:
        self._uri = urlsplit(redirect_uri)
        self._came: asyncio.Future[AuthorizationCodeResult] = asyncio.get_running_loop().create_future()

    async def listen(self) -> asyncio.Server:
        """Begin to listen. Raises OSError if the port is taken."""
        return await asyncio.start_server(self._serve, self._uri.hostname, self._uri.port)

    async def sent_to(self, url: str) -> None:
        sys.stdout.write(f"Open this address, sign in and consent:\n\n{url}\n\n")
        sys.stdout.flush()

    async def answer(self) -> AuthorizationCodeResult:
        return await self._came

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            words = (await asyncio.wait_for(reader.readline(), 10)).decode("latin-1").split(" ")
            target = urlsplit(words[1] if len(words) > 1 else "")
            if words[0] != "GET" or target.path != self._uri.path:
                writer.write(_NOT_FOUND)
                return
            found = {name: values[0] for name, values in parse_qs(target.query).items() if len(values) == 1}
            writer.write(_PAGE)
            if not self._came.done():
                self._came.set_result(
                    AuthorizationCodeResult(code=found.get("code", ""), state=found.get("state"), iss=found.get("iss"))
                )
        except (TimeoutError, ValueError, OSError):
            return
        finally:
            writer.close()


async def connect(config: UpstreamConfig, settings: Settings) -> str:
    """Connect; gives what there is to say about it. Raises `UpstreamError`, `ConfigError` and `OSError`."""
    if config.credential != "oauth":
        raise ConfigError(f"upstream '{config.name}' has credential '{config.credential}', not 'oauth'")
    secrets, browser = secret_store(settings), Browser(config.oauth.redirect_uri)
    try:
        async with await browser.listen():
            upstream = OAuthHttpUpstream(
                config, await authorizer(config, secrets, person=Person(browser.sent_to, browser.answer))
            )
            try:
                fetched = await upstream.fetch()
            finally:
                await upstream.stop()
    finally:
        await secrets.close()
    return f"{config.name} is connected and offers {len(fetched.tools)} tools."


def main() -> int:
    """Gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("upstream", help="its name in the gateway's configuration")
    name, settings = parser.parse_args().upstream, Settings()
    try:
        upstreams = load(settings.gateway_config).upstreams
        if name not in upstreams:
            raise ConfigError(f"{settings.gateway_config} names no upstream '{name}', only: {', '.join(upstreams) or 'none'}")
        sys.stdout.write(asyncio.run(connect(upstreams[name], settings)) + "\n")
    except (ConfigError, UpstreamError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
