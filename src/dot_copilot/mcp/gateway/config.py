"""The gateway's configuration: one TOML file (`DOT_GATEWAY_CONFIG`), read strictly, refused with the reason."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Seconds = Annotated[float, Meta(gt=0, le=3600)]
_PREFIX = re.compile(r"^[A-Za-z][A-Za-z0-9]{0,20}$")


class ConfigError(Exception):
    """The file cannot be used; the text says where and why."""


class Timeouts(Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds. `first_byte` runs from the request's last byte, `idle` between two bytes of an answer, `total` over all."""

    connect: Seconds = 2.0
    first_byte: Seconds = 60.0
    idle: Seconds = 60.0
    total: Seconds = 600.0


class OAuthConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the gateway is a client of an upstream with `credential = "oauth"`; nothing is needed where it may register itself.

    `client_metadata_url`: the https address of its client id metadata document. `client_id`: of a registration made by hand,
    whose secret is kept as `upstreams/<name>/client-secret`.
    """

    client_metadata_url: str = ""
    client_id: str = ""
    redirect_uri: Annotated[str, Meta(pattern=r"^http://(127\.0\.0\.1|localhost):\d+/")] = "http://127.0.0.1:8299/callback"


class UpstreamConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[upstream]]`.

    `url` may name several servers of one kind, separated by commas: the first that can be reached is used. It may be `$NAME`,
    a variable of the environment.

    `prefix`: text put before names as `{prefix}_{name}`, or "none". `credential`: what the upstream is shown.
    `scope`: the scope all its items need, unless a tool says so itself in `_meta["dot-copilot/scope"]` and `trust` is
    "built-in". `core`: tools listed even when `listing = "core"`. `env`: extra environment of a stdio process.
    """

    name: Name
    transport: Literal["http", "stdio"]
    url: str = ""
    command: tuple[str, ...] = ()
    env: dict[str, str] = {}
    prefix: str = "none"
    credential: Literal["none", "internal", "github", "oauth"] = "none"
    oauth: OAuthConfig = OAuthConfig()
    scope: str = ""
    trust: Literal["built-in", "pinned"] = "pinned"
    core: frozenset[str] = frozenset()
    timeouts: Timeouts = Timeouts()
    max_result_bytes: Annotated[int, Meta(ge=1024)] = 8 * 1024 * 1024
    max_pages: Annotated[int, Meta(ge=1, le=1000)] = 50
    refresh: Seconds = 300.0
    max_processes: Annotated[int, Meta(ge=1)] = 16
    idle_shutdown: Seconds = 300.0

    def __post_init__(self) -> None:
        if self.transport == "http" and not all(re.match(r"^https?://[^/]+", url) for url in self.url.split(",")):
            raise ValueError(f"upstream '{self.name}': transport http needs a url that starts with http:// or https://")
        if self.transport == "stdio" and not self.command:
            raise ValueError(f"upstream '{self.name}': transport stdio needs a command, as a list of words")
        if self.credential == "oauth" and self.transport != "http":
            raise ValueError(f"upstream '{self.name}': credential \"oauth\" is for transport http")
        if self.prefix != "none" and not _PREFIX.match(self.prefix):
            raise ValueError(f"upstream '{self.name}': prefix must be letters and digits, or \"none\"")


class GatewayConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. `listing`: "all" lists every tool, "core" only core tools and the search pair (`find_tools`, `call_tool`).

    `hosts` and `origins` are what Host and Origin headers may name (DNS rebinding); loopback and the public URL are always in.
    """

    upstream: tuple[UpstreamConfig, ...] = ()
    name: str = "dot-copilot"
    instructions: str = ""
    listing: Literal["all", "core"] = "all"
    search: bool = True
    page_size: Annotated[int, Meta(ge=1, le=1000)] = 250
    ttl_ms: Annotated[int, Meta(ge=0)] = 60_000
    max_body_bytes: Annotated[int, Meta(ge=1024)] = 4 * 1024 * 1024
    body_seconds: Seconds = 10.0
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    state_seconds: Annotated[int, Meta(ge=1)] = 600
    session_seconds: Annotated[int, Meta(ge=60)] = 7 * 24 * 3600
    upstreams: dict[str, UpstreamConfig] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.upstream:
            if one.name in self.upstreams:
                raise ValueError(f"two upstreams are named '{one.name}'")
            self.upstreams[one.name] = one


def parse(raw: dict[str, Any], where: str = "the gateway configuration") -> GatewayConfig:
    """Checks a read file; `ConfigError` names the member that is wrong."""
    try:
        return msgspec.convert(raw, GatewayConfig)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {error}") from None


def load(path: Path) -> GatewayConfig:
    """Reads and checks the file."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    return parse(_expanded(raw, path), str(path))


def _expanded(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """The file with `url = "$NAME"` replaced by the environment's value."""
    for upstream in raw.get("upstream", []):
        url = upstream.get("url") if isinstance(upstream, dict) else None
        if isinstance(url, str) and url.startswith("$"):
            value = os.environ.get(url[1:])
            if not value:
                raise ConfigError(f"{path}: upstream '{upstream.get('name')}' wants {url}, which is not set")
            upstream["url"] = value
    return raw
