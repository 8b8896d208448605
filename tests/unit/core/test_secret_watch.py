"""When secrets are read again."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from dot_copilot.core.errors import Unavailable
from dot_copilot.core.secret_watch import SecretWatch

pytestmark = pytest.mark.asyncio


class Follower:
    """Reads, slowly or not at all."""

    def __init__(self) -> None:
        self.looks = 0
        self.fails = False

    async def renew(self) -> None:
        await asyncio.sleep(0.02)
        self.looks += 1
        if self.fails:
            raise ConnectionError("silent")


async def test_it_looks_again_and_again_and_after_a_failure_too(caplog: pytest.LogCaptureFixture) -> None:
    watch, one, two = SecretWatch(0.05), Follower(), Follower()
    watch.follow(one.renew)
    watch.follow(two.renew)
    one.fails = True
    with caplog.at_level(logging.INFO, "dot_copilot.core.secret_watch"):
        watch.start()
        await asyncio.sleep(0.4)
        one.fails = False
        await asyncio.sleep(0.4)
        await watch.stop()
    assert one.looks >= 3
    assert two.looks >= 3, "one that fails keeps nobody else from looking"
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"], "told when it begins and when it ends"


async def test_all_who_ask_at_once_wait_for_one_look() -> None:
    watch, one = SecretWatch(3600), Follower()
    watch.follow(one.renew)
    await asyncio.gather(*(watch.look() for _ in range(100)))
    await watch.look()
    assert one.looks == 1


async def test_whoever_asks_hears_that_the_store_is_silent() -> None:
    watch, one = SecretWatch(3600), Follower()
    watch.follow(one.renew)
    one.fails = True
    with pytest.raises(Unavailable):
        await watch.look()


async def test_one_who_gives_up_waiting_ends_nobody_elses_look() -> None:
    watch, one = SecretWatch(3600), Follower()
    watch.follow(one.renew)
    impatient, patient = asyncio.create_task(watch.look()), asyncio.create_task(watch.look())
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert one.looks == 1


async def test_whoever_touches_the_marker_is_heard_within_a_second_or_two(tmp_path: Path) -> None:
    marker, one = tmp_path / "changed", Follower()
    watch = SecretWatch(3600, marker)
    watch.follow(one.renew)
    watch.start()
    for round_ in (1, 2):
        await asyncio.sleep(0.1)
        marker.touch()
        await asyncio.sleep(2.2)
        assert one.looks == round_, "once for each touch, and not again"
    await watch.stop()


async def test_a_look_that_failed_after_a_touch_is_repeated(tmp_path: Path) -> None:
    marker, one = tmp_path / "changed", Follower()
    one.fails = True
    watch = SecretWatch(3600, marker)
    watch.follow(one.renew)
    watch.start()
    marker.touch()
    await asyncio.sleep(2.5)
    one.fails = False
    tried = one.looks
    await asyncio.sleep(2.5)
    await watch.stop()
    assert tried >= 2
    assert one.looks == tried + 1
