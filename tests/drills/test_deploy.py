"""Deploys to a running stack under load: nobody notices a good one, and a bad one is taken back. Ends in a report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.deploys import bring, deploy, pressed, ready, report, swap
from tests.drills.press import p99
from tests.drills.releases import Releases
from tests.drills.stacks import StackUnderTest, new_stack

pytestmark = [pytest.mark.drill, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def stack() -> Iterator[StackUnderTest]:
    with new_stack(options=("--without", "monitoring", "--tls")) as found:
        found.up()
        yield found


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    return Releases.in_directory(tmp_path_factory.mktemp("releases"))


def test_swaps_under_load_lose_no_request_and_bad_releases_are_taken_back(stack: StackUnderTest, releases: Releases) -> None:
    versions = [releases.good(), releases.failing(), releases.good(), releases.slow(), releases.good()]
    capacity, press = pressed(stack)
    try:
        swaps = [swap(stack, releases, press, version) for version in versions]
    finally:
        press.stop()
    text = report(capacity, swaps)
    (stack.home / "deploy-drill.txt").write_text(text)
    print(text)  # noqa: T201 - a drill ends in a report
    assert [one.outcome for one in swaps] == ["kept", "rolled back", "kept", "rolled back", "kept"], text
    assert ready(stack)["version"] == versions[-1]
    assert [one for each in swaps for one in each.failed] == [], text
    assert all(one.back_s is not None and one.back_s < 10 for one in (swaps[1], swaps[3])), text
    # What a bad release is slow at itself is its own doing; the good ones show what a swap costs.
    good, steady = [one for one in swaps if one.outcome == "kept"], [answer for one in swaps for answer in one.steady]
    assert p99([answer for one in good for answer in one.around]) < 3 * p99(steady), text
    assert max(p99(one.during) for one in good) < 3 * p99(steady), text


def test_a_release_that_fails_its_own_requests_is_never_seen(stack: StackUnderTest, releases: Releases) -> None:
    before = ready(stack)["version"]
    done = bring(stack, releases, releases.failing(3, seen_by_smoke=True))
    assert done.returncode == 1
    assert "the smoke test failed: api-" in done.stdout
    assert f"{before} has served all the time" in done.stdout
    assert ready(stack)["version"] == before


def test_a_release_that_does_not_start_is_never_seen(stack: StackUnderTest, releases: Releases) -> None:
    before = ready(stack)["version"]
    done = bring(stack, releases, releases.never_ready())
    assert done.returncode == 1
    assert "did not start: exited with code 1" in done.stdout
    directory = Path(done.stdout.split("What it rests on is in ")[1].strip())
    assert any("made to fail by a drill" in path.read_text() for path in directory.glob("api-*.log"))
    assert ready(stack)["version"] == before
    assert {part["state"] for part in stack.parts().values()} == {"ready"}


def test_a_failed_migration_leaves_the_old_version_and_nothing_half_done(stack: StackUnderTest, releases: Releases) -> None:
    before = ready(stack)["version"]
    done = bring(stack, releases, releases.bad_migration())
    assert done.returncode == 1
    assert "migrate: the migration failed" in done.stdout
    assert "division by zero" in done.stdout
    assert ready(stack)["version"] == before


async def _tables(stack: StackUnderTest) -> list[str]:
    return [str(row[0]) for row in await stack.sql("select tablename from pg_tables where tablename = 'drill_half_done'")]


@pytest.mark.asyncio
async def test_nothing_is_left_of_the_failed_migration(stack: StackUnderTest) -> None:
    assert await _tables(stack) == []


def test_what_can_not_be_deployed_is_refused_with_what_to_do(stack: StackUnderTest, releases: Releases) -> None:
    releases.good()
    unknown = deploy(stack, releases, "6.6.6")
    assert unknown.returncode == 2
    assert "there is no version 6.6.6" in unknown.stderr
    assert "7.0." in unknown.stderr
    (releases.root / "README.md").write_text("changed")
    try:
        dirty = deploy(stack, releases)
    finally:
        releases.git("checkout", "--quiet", "README.md")
    assert "the tree has changes that are not committed; commit them" in dirty.stderr
    again = deploy(stack, releases, ready(stack)["version"])
    assert "serves already" in again.stderr


def test_what_was_deployed_serves_after_a_restart(stack: StackUnderTest) -> None:
    before = ready(stack)
    stack.run("down")
    stack.up()
    after = ready(stack)
    assert (after["version"], after["colour"]) == (before["version"], before["colour"])
