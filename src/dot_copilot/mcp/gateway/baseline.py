"""What the release approves: `python -m dot_copilot.mcp.gateway.baseline github` asks the upstream, and writes the hashes.

The file `baseline/<upstream>.json` beside the gateway's configuration holds {kind: {name: hash}}. Read its diff before you
commit it: what is in it is served to everybody without another question.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tomllib
from pathlib import Path

import orjson

from dot_copilot.mcp.gateway.config import ConfigError, UpstreamConfig, parse
from dot_copilot.mcp.gateway.definitions import Kind, definition_hash, definition_name
from dot_copilot.mcp.gateway.upstreams.base import Fetched, UpstreamError
from dot_copilot.mcp.gateway.upstreams.make import make

CONFIG = Path("deploy/gateway/gateway.toml")


def hashes(fetched: Fetched) -> dict[str, dict[str, str]]:
    """{kind: {name: hash}} of everything offered; kinds without anything are left out."""
    lists = {Kind.TOOL: fetched.tools, Kind.PROMPT: fetched.prompts, Kind.RESOURCE: fetched.resources}
    lists[Kind.TEMPLATE] = fetched.templates
    return {
        kind.value: {definition_name(kind, one): definition_hash(kind, one) for one in definitions}
        for kind, definitions in lists.items()
        if definitions
    }


async def ask(config: UpstreamConfig) -> bytes:
    """The baseline of an upstream as it is now, as the file's bytes. Raises `UpstreamError`."""
    upstream = make(config)
    await upstream.start(lambda _: None)
    try:
        return orjson.dumps(hashes(await upstream.fetch()), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    finally:
        await upstream.stop()


def configured(path: Path, name: str) -> UpstreamConfig:
    """One upstream of the file; what the others take from the environment need not be there. Raises `ConfigError`."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    found = [one for one in raw.get("upstream", []) if one.get("name") == name]
    if not found:
        names = ", ".join(str(one.get("name")) for one in raw.get("upstream", []))
        raise ConfigError(f"{path} names no upstream '{name}', only: {names or 'none'}")
    return parse({"upstream": found}, str(path)).upstreams[name]


def main(arguments: list[str] | None = None) -> int:
    """Writes the files of the named upstreams; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("upstream", nargs="+", help="names of upstreams in the gateway's configuration")
    parser.add_argument("--config", type=Path, default=Path(os.environ.get("DOT_GATEWAY_CONFIG", CONFIG)))
    options = parser.parse_args(arguments)
    try:
        for name in options.upstream:
            path = options.config.parent / "baseline" / f"{name}.json"
            content = asyncio.run(ask(configured(options.config, name)))
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            sys.stdout.write(f"{path}: {sum(len(names) for names in orjson.loads(content).values())} definitions\n")
    except (ConfigError, UpstreamError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
