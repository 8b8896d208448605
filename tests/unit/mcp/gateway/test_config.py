"""The configuration file: read strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import ConfigError, load, parse

ONE = {"name": "one", "transport": "http", "url": "http://127.0.0.1:1/mcp"}
SHIPPED = Path(__file__).resolve().parents[4] / "deploy" / "gateway" / "gateway.toml"


def test_the_shipped_file_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_MCP_SERVERS", "http://127.0.0.1:1/internal/mcp,http://127.0.0.1:2/internal/mcp")
    config = load(SHIPPED)
    assert [one.name for one in config.upstream] == ["dot-copilot", "github"]
    ours, github = config.upstream
    assert (ours.trust, ours.credential, ours.prefix) == ("built-in", "internal", "none")
    assert (github.trust, github.credential, github.prefix, "--read-only" in github.command) == (
        "pinned",
        "github",
        "github",
        True,
    )


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOT_MCP_SERVERS", raising=False)
    with pytest.raises(ConfigError, match="DOT_MCP_SERVERS, which is not set"):
        load(SHIPPED)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "ftp://x"}, "needs a url"),
        ({"url": "http://a/mcp,nonsense"}, "needs a url"),
        ({"transport": "stdio"}, "needs a command"),
        ({"transport": "carrier-pigeon"}, "carrier-pigeon"),
        ({"prefix": "a b"}, "prefix must be letters"),
        ({"name": "Not Good"}, "name"),
        ({"typo": 1}, "typo"),
        ({"timeouts": {"connect": 0}}, "connect"),
        ({"trust": "maybe"}, "maybe"),
    ],
)
def test_a_mistake_is_refused_and_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse({"upstream": [{**ONE, **change}]})


def test_two_upstreams_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="two upstreams are named 'one'"):
        parse({"upstream": [ONE, ONE]})


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text("= 5")
    with pytest.raises(ConfigError, match=str(path)):
        load(path)
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "missing.toml")
