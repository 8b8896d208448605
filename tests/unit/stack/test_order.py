"""What can be said of a topology and of patience without starting anything."""

from __future__ import annotations

import pytest

from dot_copilot.stack.engine import CycleError, check_order
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.model import Timing
from dot_copilot.stack.runner import backoff
from tests.unit.stack.fakes import server


def test_backoff_doubles_to_a_limit_and_never_stampedes() -> None:
    timing = Timing(backoff_first_s=1, backoff_most_s=20)
    for failures, longest in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 20), (40, 20)):
        waits = {backoff(timing, failures) for _ in range(200)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 100


def test_parts_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(CycleError, match="a, b"):
        check_order([server("a", after=["b"]), server("b", after=["a"]), server("c")])


def test_waiting_for_a_part_that_does_not_exist_is_refused() -> None:
    with pytest.raises(StackError, match="a waits for ghost"):
        check_order([server("a", after=["ghost"])])
