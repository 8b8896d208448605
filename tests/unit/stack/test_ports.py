"""Inner ports are remembered, and a port that is taken is explained."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dot_copilot.stack import ports
from dot_copilot.stack.errors import PortInUseError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]


def test_a_taken_port_names_its_holder(taken: int) -> None:
    with pytest.raises(PortInUseError, match=rf"port {taken} for the web address is taken by .*\(pid {os.getpid()}"):
        ports.require_free(taken, "the web address")


def test_ports_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.choose(file, ["a", "b"])
    assert len(set(first.values())) == 2
    assert ports.choose(file, ["a", "b"]) == first
    assert ports.choose(file, ["a", "b", "c"]) == {**first, "c": ports.choose(file, ["c"])["c"]}


def test_a_remembered_port_that_is_taken_is_picked_again(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    file.write_text(json.dumps({"a": taken}))
    chosen = ports.choose(file, ["a"])
    assert chosen["a"] != taken
    assert json.loads(file.read_text()) == chosen


def test_the_public_port_is_never_picked(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    port = ports.choose(file, ["a"])["a"]
    assert ports.choose(file, ["a"], avoid=[port])["a"] != port


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    file.write_text("not json")
    assert ports.choose(file, ["a"]) == json.loads(file.read_text())
