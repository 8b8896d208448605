"""The press as a process that may die, hang, or be asked for what it can't do."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from dot_copilot.features.packets.press.child import Press, PressDied
from dot_copilot.features.packets.press.paper import LANDSCAPE
from dot_copilot.features.packets.press.problem import NotPrintable
from tests.support import scans


@pytest.mark.asyncio
async def test_a_press_that_dies_or_hangs_costs_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "card.jpg"
    source.write_bytes(scans.photo())
    async with Press() as press:
        await press.convert(source, "image/jpeg", tmp_path / "a.part")
        first = press.pid
        assert first
        os.kill(first, signal.SIGKILL)
        with pytest.raises(NotPrintable, match="could not be processed"):
            await press.convert(source, "image/jpeg", tmp_path / "b.part")
        assert await press.convert(source, "image/jpeg", tmp_path / "c.part") == [LANDSCAPE]
        monkeypatch.setattr("dot_copilot.features.packets.press.child._CONVERT_SECONDS", 0.5)
        hanging = press.pid
        assert hanging
        os.kill(hanging, signal.SIGSTOP)
        with pytest.raises(NotPrintable, match="takes too long"):
            await press.convert(source, "image/jpeg", tmp_path / "d.part")
        with pytest.raises(PressDied):
            await press.assemble(tmp_path / "no such file", tmp_path / "e.pdf")


@pytest.mark.asyncio
async def test_the_press_sees_no_secret_of_the_worker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOT_OPENBAO_ROLE_ID", "secret")
    source = tmp_path / "card.jpg"
    source.write_bytes(scans.photo())
    async with Press() as press:
        await press.convert(source, "image/jpeg", tmp_path / "a.part")
        environment = Path(f"/proc/{press.pid}/environ").read_bytes()
    assert b"OPENBAO" not in environment
