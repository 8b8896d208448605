"""The API keeps the promises of its OpenAPI document, whatever is sent to it (schemathesis, a real process)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from dot_copilot.app import create_app
from dot_copilot.compose import build_platform
from dot_copilot.core.caller import Role
from tests.support.api_process import api_process
from tests.support.servers import Servers
from tests.support.world import World

SIGNS_OUT = [
    "/api/v1/auth/logout",
    "/api/v1/auth/logout-everywhere",
    "/api/v1/auth/password",
    "/api/v1/me/sessions/{session_id}",
]
EXAMPLES = 6
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
schema = schemathesis.openapi.from_dict(create_app().openapi())


async def _sign_in(servers: Servers) -> str:
    platform = await build_platform(servers.settings, "worker")
    async with AsyncExitStack() as stack:
        world = await World.create(None, platform, stack, usdot="8000001")  # type: ignore[arg-type]
        client = await world.as_role(Role.ADMIN)
        await world.add_driver("E-1")
        token = client.headers["Authorization"]
    await platform.close()
    return token


@pytest.fixture(scope="module")
def live(servers: Servers) -> Iterator[tuple[str, dict[str, str]]]:
    """A real process and the headers of an administrator."""
    with api_process(servers) as base:
        yield base, {"Authorization": asyncio.run(_sign_in(servers))}


@schema.exclude(path=SIGNS_OUT).parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_a_documented_one(case: schemathesis.Case[Any], live: tuple[str, dict[str, str]]) -> None:
    base, headers = live
    case.call_and_validate(base_url=base, headers=headers, checks=CHECKS)
