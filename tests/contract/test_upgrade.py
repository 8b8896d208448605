"""A home that the release before made, brought up by today's code: nobody notices but by what is new."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support import files, older_release
from tests.support.servers import free_port
from tests.support.stack import Stack, run

pytestmark = pytest.mark.timeout(300)
CARD = files.pdf("A card from before the upgrade")


def client_of(stack: Stack) -> httpx.Client:
    """A client at the door, as a browser is: it keeps cookies."""
    return httpx.Client(base_url=f"{stack.url}/api/v1", trust_env=False, timeout=30, headers={"Origin": stack.url})


def enter(client: httpx.Client, account: dict[str, str]) -> None:
    """Signs in with the password of a demo account."""
    answer = client.post("/auth/login", json={"email": account["email"], "password": account["password"]})
    assert answer.status_code == 200, (account["email"], answer.text)
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


@dataclass(frozen=True)
class Before:
    """What was done with the older release."""

    stack: Stack
    manager: httpx.Client
    """Signed in since then."""
    driver: str
    document: str
    on_board: int
    """Drivers that the duty board counted."""


@pytest.fixture(scope="module")
def before() -> Iterator[Before]:
    """A home with demo data, used a little with the older release, stopped, and started by today's `up`."""
    root = Path(tempfile.mkdtemp(prefix="dot-copilot-upgrade-"))
    root.chmod(0o755)
    tree, stack = root / "released", Stack(root / "home", free_port())
    tree.mkdir()
    try:
        older_release.unpacked(tree)
        older_release.up(tree, stack.home, stack.port)
        with client_of(stack) as manager:
            used = use(stack, manager)
            run("down", home=stack.home)  # today's: who upgrades has today's code already
            run("up", "--detach", "--without", "monitoring", "--port", str(stack.port), home=stack.home)
            yield used
    finally:
        run("down", home=stack.home)
        shutil.rmtree(root, ignore_errors=True)


def use(stack: Stack, manager: httpx.Client) -> Before:
    """A manager enters a driver with a document."""
    document = manager.get(f"{stack.url}/api/openapi.json").json()
    assert "/api/v1/packets" not in document["paths"], "today's API has packets, that release had none"
    enter(manager, stack.account("safety_manager"))
    terminal = manager.get("/terminals").json()["items"][0]["id"]
    body = {"employee_id": "P-1", "first_name": "Ana", "last_name": "Before", "terminal_id": terminal, "hired_on": "2026-01-05"}
    made = manager.post("/drivers", json=body)
    assert made.status_code == 201, made.text
    driver = made.json()["id"]
    form = {"requirement": "mec", "obtained_on": "2026-01-15", "expires_on": ""}
    sent = manager.post(f"/drivers/{driver}/evidence", data=form, files={"file": ("card.pdf", CARD, "application/pdf")})
    assert sent.status_code == 201, sent.text
    return Before(stack, manager, driver, sent.json()["document"]["id"], drivers_on_board(manager))


def drivers_on_board(client: httpx.Client) -> int:
    """How many drivers the duty board counts."""
    answer = client.get("/compliance/summary")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["drivers"])


def test_who_was_signed_in_stays_so(before: Before) -> None:
    assert before.manager.get("/me").status_code == 200, "the access token from before the upgrade"
    answer = before.manager.post("/auth/refresh", headers={"X-DOT-Refresh": "1"})
    assert answer.status_code == 200, answer.text


def test_everybody_signs_in_with_the_password_they_had(before: Before) -> None:
    accounts = json.loads((before.stack.home / "demo-accounts.json").read_text())
    assert {one["role"] for one in accounts} >= {"admin", "safety_manager", "supervisor", "driver", "auditor"}
    for account in accounts:
        with client_of(before.stack) as client:
            enter(client, account)
            assert client.get("/me").json()["role"] == account["role"]


def test_the_duty_board_the_drivers_and_a_document_are_there(before: Before) -> None:
    with client_of(before.stack) as client:
        enter(client, before.stack.account("safety_manager"))
        assert drivers_on_board(client) == before.on_board
        assert client.get(f"/drivers/{before.driver}").json()["last_name"] == "Before"
        assert client.get(f"/drivers/{before.driver}/file").status_code == 200
        content = client.get(f"/documents/{before.document}/content")
        assert content.status_code == 200, content.text
        assert content.content == CARD


def test_every_list_of_today_can_be_read(before: Before) -> None:
    for role in ("admin", "safety_manager", "driver", "auditor"):
        with client_of(before.stack) as client:
            enter(client, before.stack.account(role, ""))
            paths = client.get(f"{before.stack.url}/api/openapi.json").json()["paths"]
            plain = [path.removeprefix("/api/v1") for path, ways in paths.items() if "get" in ways and "{" not in path]
            assert "/packets" in plain, "today's API has packets"
            for path in plain:
                answer = client.get(path)
                assert answer.status_code < 500, (role, path, answer.text)


def test_an_older_home_has_the_secrets_that_are_new(before: Before) -> None:
    """Links in mail are made with a key that the older release had not; without it nobody can be invited."""
    with client_of(before.stack) as admin:
        enter(admin, before.stack.account("admin"))
        asked = admin.post("/invitations", json={"email": "new@lonestar.example", "name": "New Person", "role": "safety_manager"})
        assert asked.status_code == 201, asked.text


def test_operations_are_green(before: Before) -> None:
    with client_of(before.stack) as admin:
        enter(admin, before.stack.account("admin"))
        parts = {one["name"]: one["state"] for one in admin.get("/operations/map").json()["parts"]}
    assert parts.pop("github") == "unknown", "nobody has connected an assistant's repositories"
    assert {"works"} <= set(parts.values()) <= {"works", "absent", "off", None}, parts
    assert {one["state"] for one in before.stack.parts()} == {"ready"}
