"""The baselines that come with the release are what the upstreams offer, and the command that writes them says so."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from dot_copilot.mcp.gateway import baseline
from dot_copilot.mcp.gateway.definitions import Kind, definition_hash
from dot_copilot.mcp.gateway.upstreams.base import Fetched
from dot_copilot.stack.binaries import repository_root
from tests.mcp.upstreams.stdio_rig import SERVER

CONFIG = repository_root() / baseline.CONFIG


@pytest.mark.asyncio
async def test_the_baseline_of_github_is_current() -> None:
    github = baseline.configured(CONFIG, "github")
    written = (CONFIG.parent / "baseline" / "github.json").read_bytes()
    assert await baseline.ask(github) == written, "run 'python -m dot_copilot.mcp.gateway.baseline github', and read the diff"


def test_the_command_writes_what_the_upstream_offers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        f'[[upstream]]\nname = "test"\ntransport = "stdio"\ncommand = {list(SERVER)!r}\ntimeouts = {{connect = 10}}\n'.replace(
            "'", '"'
        )
    )

    assert baseline.main(["test", "--config", str(config)]) == 0
    written = orjson.loads((tmp_path / "baseline" / "test.json").read_bytes())
    assert set(written) == {"tool"}
    assert written["tool"]["echo"] == definition_hash(Kind.TOOL, {"name": "echo", "inputSchema": {"type": "object"}})
    assert f"{len(written['tool'])} definitions" in capsys.readouterr().out


def test_an_unknown_upstream_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text("")
    assert baseline.main(["nobody", "--config", str(config)]) == 1
    assert "names no upstream 'nobody'" in capsys.readouterr().err


def test_every_kind_is_covered() -> None:
    fetched = Fetched(
        tools=[{"name": "t"}], prompts=[{"name": "p"}], resources=[{"uri": "r:"}], templates=[{"uriTemplate": "r:{x}"}]
    )
    assert {kind: list(names) for kind, names in baseline.hashes(fetched).items()} == {
        "tool": ["t"],
        "prompt": ["p"],
        "resource": ["r:"],
        "template": ["r:{x}"],
    }
