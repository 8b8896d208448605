"""Parts that watch the others start last, and can spoil nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dot_copilot import resources
from dot_copilot.stack import binaries
from dot_copilot.stack.home import Home
from dot_copilot.stack.model import HttpProbe, State
from dot_copilot.stack.monitoring import MAKERS, MONITORING
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.parts.prometheus import GUARDED
from dot_copilot.stack.plan import Plan
from dot_copilot.stack.topology import PORT_NAMES, application_environment
from tests.unit.stack.fakes import server, task, world

PLAN = Plan(Home(Path("/home/x")), 8080, {name: 20_000 + number for number, name in enumerate(PORT_NAMES)})


@pytest.mark.asyncio
async def test_a_late_part_waits_for_everything_and_nobody_waits_for_it(tmp_path: Path) -> None:
    parts = (server("watcher", "--ready-after", "0.4", late=True), server("front", "--ready-after", "0.2"), task("once"))
    async with world(tmp_path, *parts) as stack:
        await stack.supervisor.start()
        assert stack.runner("front").state is State.READY
        assert not stack.supervisor.all_ready, "so nobody may say that all parts are ready"
        await stack.supervisor.complete()
        assert stack.supervisor.all_ready
        assert stack.when("watcher", State.STARTING) >= max(stack.when("front", State.READY), stack.when("once", State.DONE))


@pytest.mark.asyncio
async def test_a_late_part_that_does_not_start_is_left_alone(tmp_path: Path) -> None:
    broken = server("watcher", "--crash-after", "0", "--exit", "7", late=True, essential=False)
    async with world(tmp_path, broken, server("front")) as stack:
        await stack.supervisor.start()
        await stack.supervisor.complete()
        assert stack.runner("watcher").state is State.FAILED
        assert stack.runner("watcher").detail == "exited with code 7"
        assert stack.runner("front").state is State.READY


def test_a_program_that_is_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "files", lambda: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in MONITORING:
        with pytest.raises(binaries.BinaryMissingError, match=r"make setup.*or install prometheus"):
            binaries.monitoring(name)


def test_watchers_listen_on_this_machine_only_and_no_password_is_on_a_command_line() -> None:
    for name in MONITORING:
        part = _made(name)
        (address,) = [word.partition("=")[2] for word in part.command if word.startswith("--web.listen-address=")]
        assert address == f"127.0.0.1:{PLAN.inner[name]}"
        assert part.late
        assert not part.essential
        assert not [word for word in part.command if "password" in word.lower()]
        if name in GUARDED:
            assert f"--web.config.file={watchword.web_configuration(PLAN.home, name)}" in part.command
            assert all(isinstance(one, HttpProbe) and one.secret == watchword.SECRET for one in (*part.ready, part.live))
    words = _made("prometheus").command
    assert "--web.cors.origin=" in words, "no page of the web may read along"
    assert not [word for word in words if "enable-lifecycle" in word or "admin-api" in word]
    assert [word for word in words if word.startswith("--storage.tsdb.retention.size=")], "bounded"
    assert "--cluster.listen-address=" in _made("alertmanager").command, "no port for other Alertmanagers"


def _made(name: str):  # type: ignore[no-untyped-def]
    try:
        return MAKERS[name](PLAN)
    except binaries.BinaryMissingError as error:
        pytest.skip(str(error))


def test_what_is_left_out_has_no_address() -> None:
    without = Plan(PLAN.home, PLAN.port, PLAN.inner, without=("prometheus",))
    assert without.local("prometheus", unless="prometheus") == ""
    assert PLAN.local("prometheus", unless="prometheus").startswith("http://127.0.0.1:")
    assert str(application_environment(PLAN)["DOT_PUBLIC_URL"]).startswith("http://localhost")
