"""The way to an exporter: bounded, off the path of requests, and honest about what it lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from dot_copilot.adapters.telemetry import lane as lanes
from dot_copilot.adapters.telemetry.lane import Lane, LogLine
from dot_copilot.core.telemetry import DROPPED, EXPORTED, Trace
from tests.unit.adapters.telemetry.made import trace


class Fake:
    """An exporter whose behaviour is scripted."""

    name, wants_logs = "fake", True

    def __init__(self) -> None:
        self.taken: list[Trace] = []
        self.lines: list[LogLine] = []
        self.good: bool | Exception = True
        self.hold = threading.Event()
        self.hold.set()
        self.closed = False

    def _answer(self) -> bool:
        self.hold.wait(20)
        if isinstance(self.good, Exception):
            raise self.good
        return self.good

    def traces(self, traces: list[Trace]) -> bool:
        self.taken += traces
        return self._answer()

    def logs(self, lines: list[LogLine]) -> bool:
        self.lines += lines
        return self._answer()

    def metrics(self) -> tuple[bool, int]:
        return True, 0

    def close(self) -> None:
        self.closed = True
        self.hold.set()


class Drops:
    """What has been counted since."""

    def __init__(self) -> None:
        self._before = self._now()

    @staticmethod
    def _now() -> dict[tuple[str, ...], float]:
        return {v: s.value for v, s in DROPPED.series()} | {("exported", *v): s.value for v, s in EXPORTED.series()}

    def __call__(self, *labels: str) -> float:
        return self._now().get(labels, 0) - self._before.get(labels, 0)


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    yield made
    made.hold.set()


def running(fake: Fake) -> Lane:
    lane = Lane(fake, pause=0.01)
    lane.start()
    return lane


def until(condition: object, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.01)
    assert condition()  # type: ignore[operator]


def test_what_arrives_is_counted_in_spans(fake: Fake) -> None:
    drops, lane = Drops(), running(fake)
    lane.offer_trace(trace())
    until(lambda: drops("exported", "traces") == 4)
    lane.stop(time.monotonic() + 1)
    assert fake.closed


@pytest.mark.parametrize("good", [False, RuntimeError("refused")])
def test_what_is_not_taken_is_counted_and_said_once(fake: Fake, good: bool | Exception, caplog: pytest.LogCaptureFixture) -> None:
    drops, lane = Drops(), running(fake)
    fake.good = good
    for _ in range(3):
        lane.offer_trace(trace())
        time.sleep(0.05)
    until(lambda: drops("traces", "export_failed") == 12)
    lane.stop(time.monotonic() + 1)
    assert len([record for record in caplog.records if "does not reach 'fake'" in record.getMessage()]) == 1


def test_while_it_hangs_the_queue_fills_and_the_rest_is_dropped_at_once(fake: Fake) -> None:
    drops, lane = Drops(), running(fake)
    fake.hold.clear()
    one = trace()
    lane.offer_trace(one)
    until(lambda: fake.taken)
    started = time.perf_counter()
    for _ in range(5000):
        lane.offer_trace(one)
    taken = time.perf_counter() - started
    assert taken < 0.5, "offering never waits"
    assert drops("traces", "queue_full") == 4 * (5000 - lanes.TRACES_WAITING)
    lane.stop(time.monotonic() + 1)


def test_stopping_gives_it_two_seconds_and_counts_what_is_left(fake: Fake) -> None:
    drops, lane = Drops(), running(fake)
    fake.close = lambda: None  # type: ignore[method-assign]
    fake.hold.clear()
    for _ in range(300):
        lane.offer_trace(trace())
    until(lambda: fake.taken)
    with_it = len(fake.taken)
    started = time.monotonic()
    lane.stop(started + 0.3)
    assert time.monotonic() - started < 1
    assert 0 < with_it <= 100
    assert drops("traces", "queue_full") == 4 * (300 - with_it), "all but the batch that it hangs with"
    fake.hold.set()
    until(lambda: not lane._thread.is_alive())


def test_what_waits_is_sent_before_the_end(fake: Fake) -> None:
    drops = Drops()
    lane = Lane(fake, pause=30)
    lane.start()
    lane.offer_trace(trace())
    lane.offer_line(LogLine(0, 20, "x", "message", "", "", "", 0, ""))
    lane.stop(time.monotonic() + 2)
    assert (drops("exported", "traces"), drops("exported", "logs")) == (4, 1)
