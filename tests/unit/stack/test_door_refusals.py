"""What the door cannot understand is the sender's fault, and says so: it is no error of ours, and raises no alarm."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.stack.doors import Door, open_door


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    root = Path(tempfile.mkdtemp(prefix="dot-copilot-door-"))
    root.chmod(0o755)
    with open_door(root) as found:
        yield found
    shutil.rmtree(root)


@pytest.mark.parametrize(
    ("path", "headers", "status", "slug"),
    [
        ("/%2e%2e/", {}, 400, "bad-request"),
        ("/%zz", {}, 400, "bad-request"),
        ("/api/v1/%00", {}, 400, "bad-request"),
        ("/" + "a" * 70_000, {}, 414, "uri-too-long"),
        ("/", {"X-Large": "b" * 70_000}, 431, "headers-too-large"),
        ("/", {"Content-Length": "many"}, 400, "bad-request"),
        ("/.problems/400", {}, 404, "not-found"),
    ],
)
def test_a_request_that_cannot_be_understood_is_a_problem(
    door: Door, path: str, headers: dict[str, str], status: int, slug: str
) -> None:
    answered, answer_headers, body = door.ask("GET", path, headers=headers)
    problem = json.loads(body)
    assert (answered, answer_headers["Content-Type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["type"]) == (status, f"https://dot-copilot.dev/problems/{slug}")
    assert answer_headers["X-Content-Type-Options"] == "nosniff"
