"""The switch at the door: which colour nginx sends everybody to, turned without a reload.

A reload closes the connections that clients keep open, and one that is just being used again becomes a request that failed.
So both colours are in the configuration, and one word in the memory that nginx' workers share says which one is meant
(`deploy/nginx/metrics.js`). The configuration has the same word, for an nginx that starts again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dot_copilot.stack import wire
from dot_copilot.stack.colours import GREEN, NAMES, Standing
from dot_copilot.stack.errors import ProbeError, StackError
from dot_copilot.stack.home import Home

_COLOURS = """\
    js_shared_dict_zone zone=colours:32k type=string;
    js_var $standing {serving};
    js_var $switch_key {key};
    js_set $colour metrics.colour;
    map $colour $api_upstream {{
        default api;
        {other} api_{other};
    }}
    map $colour $gateway_upstream {{
        default mcp_gateway;
        {other} mcp_gateway_{other};
    }}
    map $colour $web_root {{
        default "{blue_web}";
        {other} "{other_web}";
    }}
    upstream api_{other} {{
{api}
        keepalive 64;
        keepalive_timeout 60s;
    }}
    upstream mcp_gateway_{other} {{
{gateway}
        keepalive 64;
        keepalive_timeout 60s;
    }}"""
_SWITCH = """
        location = /colour {
            js_content metrics.turn;
        }"""


class Switch:
    """What the configuration says of colours, and the hand that turns the switch."""

    def __init__(
        self, home: Home, inner: Mapping[str, int], standing: Callable[[], Standing], own_web: Callable[[], Path]
    ) -> None:
        """`inner` are ports by the names of parts; `own_web` finds the web files of the supervisor's own code."""
        self._home = home
        self._inner = inner
        self._standing = standing
        self._own_web = own_web
        self._key = secrets.token_urlsafe(24)

    @property
    def roots(self) -> tuple[Path, ...]:
        """Where web files are, which nginx' workers must reach."""
        return (self._home.nginx, *(self._web_of(colour) for colour in NAMES))

    def _web_of(self, colour: str) -> Path:
        code = self._standing().code_of(colour)
        return code.files / "web/dist" if code.directory else self._own_web()

    def _link(self, colour: str) -> Path:
        return self._home.nginx / f"web-{colour}"

    @property
    def kept(self) -> Path:
        """Assets of every version that was served here, for pages that were opened before a swap."""
        return self._home.nginx / "kept"

    def prepare(self) -> None:
        """Let each colour's web directory lead to the files of its code."""
        (self.kept / "assets").mkdir(parents=True, exist_ok=True)
        for directory in (self.kept, self.kept / "assets"):
            directory.chmod(0o755)
        for colour in NAMES:
            new = self._link(colour).with_name(f".web-{colour}")
            new.unlink(missing_ok=True)
            new.symlink_to(self._web_of(colour))
            new.replace(self._link(colour))

    def keep(self) -> None:
        """Remember the assets of both colours. Their names carry a hash, so that none is ever another one's."""
        for colour in NAMES:
            for asset in (self._web_of(colour) / "assets").glob("*"):
                copy = self.kept / "assets" / asset.name
                if not copy.exists():
                    new = copy.with_name(f".{asset.name}.{os.getpid()}")
                    new.write_bytes(asset.read_bytes())
                    new.chmod(0o644)
                    new.replace(copy)

    def values(self) -> Mapping[str, str]:
        """What the template asks for."""
        green = NAMES[GREEN]
        colours = _COLOURS.format(
            serving=self._standing().serving,
            key=self._key,
            other=GREEN,
            blue_web=self._link("blue"),
            other_web=self._link(GREEN),
            api=servers([self._inner[name] for name in green.api]),
            gateway=servers([self._inner[name] for name in green.gateways]),
        )
        return {"colours": colours, "kept": str(self.kept), "switch": _SWITCH}

    async def turn(self, colour: str) -> None:
        """Send every new request to `colour`. StackError if nginx does not say that it does."""
        port = self._inner["nginx-metrics"]
        try:
            answer = await wire.request(port, "POST", f"/colour?to={colour}", headers={"X-Key": self._key})
        except (OSError, ProbeError) as error:
            raise StackError(f"nginx does not answer: {error}") from None
        if answer.status != 200 or answer.body.decode().strip() != colour:
            raise StackError(f"nginx does not turn to {colour}: it answers {answer.status}")


def servers(ports: Sequence[int]) -> str:
    """Lines of an upstream."""
    return "\n".join(f"        server 127.0.0.1:{port} max_fails=0;" for port in ports)
