"""The gateway's upstream leg as the client of the conformance suite: `python -m tests.mcp.client_leg URL`.

The suite says in the environment which scenario to play (`MCP_CONFORMANCE_SCENARIO`, `..._CONTEXT`, `..._PROTOCOL_VERSION`).
What is played is what the gateway does: fetch the lists, then call what a client asks for, and bring the answers of the person
who is at that client. Here that person says yes to everything, and leaves every field as it is.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import AuthorizationCodeResult
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.oauth_client.authorizer import Authorizer
from dot_copilot.mcp.gateway.oauth_client.provider import MemoryKeep, Provider
from dot_copilot.mcp.gateway.oauth_client.upstream import OAuthHttpUpstream
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Fetched, Message, Reply

CLIENT_METADATA_URL = "https://conformance-test.local/client-metadata.json"
REDIRECT = "http://localhost:3000/callback"
EXAMPLES: dict[str, Any] = {"string": "test", "number": 5, "integer": 5, "boolean": True, "array": [], "object": {}}


class Person:
    """Someone at a browser who consents at once."""

    def __init__(self) -> None:
        self._answer = ""

    async def sent_to(self, url: str) -> None:
        async with httpx2.AsyncClient(follow_redirects=False) as browser:
            self._answer = (await browser.get(url)).headers["location"]

    async def answer(self) -> AuthorizationCodeResult:
        found = {name: values[0] for name, values in parse_qs(urlsplit(self._answer).query).items()}
        return AuthorizationCodeResult(code=found.get("code", ""), state=found.get("state"), iss=found.get("iss"))


def registered(context: dict[str, Any]) -> str | None:
    """A registration made beforehand, when the scenario gives one, as it is kept."""
    if "client_id" not in context:
        return None
    known = OAuthClientInformationFull(
        client_id=context["client_id"],
        client_secret=context.get("client_secret"),
        redirect_uris=[REDIRECT],
        token_endpoint_auth_method="client_secret_basic",
    )
    return json.dumps({"client": known.model_dump(mode="json", exclude_none=True)})


def leg(url: str, context: dict[str, Any]) -> OAuthHttpUpstream:
    """The connector the gateway would make for this URL."""
    person = Person()
    provider = Provider(
        MemoryKeep(registered(context)),
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="DOT-Copilot gateway",
            redirect_uris=[REDIRECT],
            grant_types=["authorization_code", "refresh_token"],
        ),
        redirect_handler=person.sent_to,
        callback_handler=person.answer,
        client_metadata_url=CLIENT_METADATA_URL,
    )
    config = UpstreamConfig(name="conformance", transport="http", url=url)
    return OAuthHttpUpstream(config, Authorizer("conformance", url, provider, interactive=True))


def filled_in(schema: Message) -> Message:
    """A form as it stands: the fields that have defaults."""
    fields = schema.get("properties", {})
    return {name: field["default"] for name, field in fields.items() if "default" in field}


def at_client(message: Message) -> Message:
    """What the person's client answers to a question of the server."""
    if message["method"] == "elicitation/create":
        schema = message["params"].get("requestedSchema", {})
        content = filled_in(schema) or {name: EXAMPLES[field["type"]] for name, field in schema.get("properties", {}).items()}
        return {"action": "accept", "content": content}
    if message["method"] == "roots/list":
        return {"roots": []}
    return {"role": "assistant", "model": "none", "content": {"type": "text", "text": "yes"}}


async def on_request(message: Message) -> Message:
    return {"jsonrpc": "2.0", "id": message["id"], "result": at_client(message)}


async def ask(upstream: OAuthHttpUpstream, method: str, params: Message) -> Reply:
    """One request of a client, with as many rounds as the server needs (SEP-2322)."""
    request = dict(params)
    for _ in range(5):
        reply = await upstream.exchange(Exchange(method, request, on_request=on_request))
        result = reply.result or {}
        if result.get("resultType") != "input_required":
            return reply
        request = params | {"inputResponses": {key: at_client(one) for key, one in result.get("inputRequests", {}).items()}}
        if "requestState" in result:
            request["requestState"] = result["requestState"]
    raise RuntimeError("the server asks without end")


def example(tool: Message) -> Message:
    """Arguments that a tool's schema asks for."""
    schema = tool.get("inputSchema", {})
    fields = schema.get("properties", {})
    return {name: EXAMPLES.get(fields.get(name, {}).get("type", "string"), "test") for name in schema.get("required", [])}


def calls(fetched: Fetched, context: dict[str, Any]) -> list[tuple[str, Message]]:
    """Everything there is to ask for: what the scenario names, or else each tool, resource and prompt once."""
    if "toolCalls" in context:
        return [("tools/call", {"name": call["name"], "arguments": call["arguments"]}) for call in context["toolCalls"]]
    found: list[tuple[str, Message]] = [("tools/call", {"name": t["name"], "arguments": example(t)}) for t in fetched.tools]
    found += [("resources/read", {"uri": one["uri"]}) for one in fetched.resources]
    found += [("prompts/get", {"name": one["name"], "arguments": {}}) for one in fetched.prompts]
    return found


async def main(url: str) -> None:
    context: dict[str, Any] = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT", "{}"))
    upstream = leg(url, context)
    await upstream.start(lambda _: None)
    try:
        fetched = await upstream.fetch()
        for method, params in calls(fetched, context):
            reply = await ask(upstream, method, params)
            sys.stderr.write(f"{method} {params}: {reply}\n")
    finally:
        await upstream.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
