"""What is only being made ready gives way to what serves, and gets its full share again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from dot_copilot.stack import priority


@pytest.fixture
def child() -> Iterator[int]:
    """A process that leads a session, as each of the stack's does."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def test_what_waits_gets_a_lower_share_and_then_its_full_one_again(child: int) -> None:
    own, session = priority.of(child)
    priority.give(child, waits=True)
    assert priority.of(child)[1] == session + priority.LOWER
    assert priority.of(child)[0] in (own, min(19, own + priority.LOWER)), "its own only where it can be set back"
    priority.give(child, waits=False)
    assert priority.of(child) == (own, session)


def test_without_the_right_to_set_it_back_a_process_keeps_its_own(child: int, monkeypatch: pytest.MonkeyPatch) -> None:
    own, _ = priority.of(child)
    monkeypatch.setattr(priority, "_may_raise", lambda: False)
    priority.give(child, waits=True)
    assert priority.of(child)[0] == own


def test_a_process_that_is_gone_is_nobody_s_trouble(child: int) -> None:
    priority.give(2**22 + 1, waits=True)
    priority.give(2**22 + 1, waits=False)
