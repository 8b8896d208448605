"""The end of a deploy, asked from outside; and the pages, which must know their API."""

from __future__ import annotations

import json

import pytest

from dot_copilot.deploy.azure import health
from dot_copilot.deploy.azure.front import Answer, Front
from dot_copilot.deploy.azure.pages import pages
from dot_copilot.deploy.errors import RefusedError, StepFailedError
from tests.unit.deploy_azure.conftest import NEW, OLD, Azure

pytestmark = pytest.mark.asyncio
HOST = "app.example.com"


@pytest.fixture
def azure(azure: Azure) -> Azure:
    azure.change(pages={"host": "calm-sea-1.azurestaticapps.net", "domains": [HOST], "token": "a-secret"})
    return azure


async def test_the_backend_is_well_when_the_version_itself_answers(azure: Azure) -> None:
    assert await health.backend("prod", OLD, azure.az, azure.front) == f"https://api.example.com serves {OLD}"
    with pytest.raises(StepFailedError, match="it answers as"):
        await health.backend("prod", NEW, azure.az, azure.front)


async def test_the_static_web_app_is_found_with_its_own_domain(azure: Azure) -> None:
    assert (await pages(azure.place, azure.az)).host == HOST
    assert (await pages(azure.place, azure.az)).token == "", "a secret is asked for only where it is needed"
    assert (await pages(azure.place, azure.az, token=True)).token == "a-secret"
    azure.change(pages=None)
    with pytest.raises(RefusedError, match="Azure did not tell about the pages of prod"):
        await pages(azure.place, azure.az)


@pytest.mark.parametrize(
    ("page", "api", "sentence"),
    [
        ("<script type=module>", "https://api.example.com", ""),
        ("<h1>Your site is waiting</h1>", "https://api.example.com", "instead of the application"),
        ("<script type=module>", "https://other.example.com", "do not ask https://api.example.com; deploy them anew"),
    ],
)
async def test_the_pages_are_well_when_they_ask_their_api(azure: Azure, page: str, api: str, sentence: str) -> None:
    async def asks(host: str, path: str) -> Answer:
        assert host == HOST
        return Answer(200, page if path == "/" else f"window.dotCopilot = {json.dumps({'api': api})};", 0.01)

    asking = health.frontend("prod", azure.az, Front(asks))
    if not sentence:
        assert await asking == f"https://{HOST} serves the pages, which ask https://api.example.com"
        return
    with pytest.raises(StepFailedError, match=sentence):
        await asking
