"""Answers that hold for a moment: asked once by many, and not again at once when it failed."""

from __future__ import annotations

import asyncio

import pytest

from dot_copilot.adapters.operations.lately import Lately
from dot_copilot.core.watching import SourceError

pytestmark = pytest.mark.asyncio


class Asked:
    """Counts how often it was asked; may fail."""

    def __init__(self, *, fails: bool = False) -> None:
        self.times, self.fails = 0, fails

    async def __call__(self) -> int:
        self.times += 1
        await asyncio.sleep(0.02)
        if self.fails:
            raise SourceError("no")
        return self.times


async def test_many_readers_ask_once() -> None:
    lately, asked = Lately[int](60), Asked()
    assert await asyncio.gather(*(lately.get("x", asked) for _ in range(20))) == [1] * 20
    assert await lately.get("x", asked) == 1
    assert await lately.get("y", asked) == 2


async def test_an_answer_runs_out() -> None:
    lately, asked = Lately[int](0.05), Asked()
    await lately.get("x", asked)
    await asyncio.sleep(0.1)
    assert await lately.get("x", asked) == 2


async def test_a_failure_is_everybodys_and_is_not_repeated_at_once() -> None:
    lately, asked = Lately[int](60, failed_s=0.1), Asked(fails=True)
    results = await asyncio.gather(*(lately.get("x", asked) for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [SourceError] * 5
    with pytest.raises(SourceError):
        await lately.get("x", asked)
    assert asked.times == 1
    await asyncio.sleep(0.15)
    asked.fails = False
    assert await lately.get("x", asked) == 2


async def test_a_reader_who_goes_away_takes_nothing_from_the_others() -> None:
    lately, asked = Lately[int](60), Asked()
    gone = asyncio.ensure_future(lately.get("x", asked))
    stays = asyncio.ensure_future(lately.get("x", asked))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 1


async def test_no_number_of_questions_fills_the_memory() -> None:
    lately, asked = Lately[int](60), Asked()
    await asyncio.gather(*(lately.get(number, asked) for number in range(200)))
    assert len(lately._asked) <= 64
