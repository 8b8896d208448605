"""How nginx listens: plainly or with TLS, on this machine or in a container. The rest of its configuration is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOCAL_HSTS, PUBLIC_HSTS = 600, 31_536_000
"""Seconds a browser remembers to ask with TLS only.

Browsers remember it for a host, whatever the port: a year of it for `localhost` would close every plain development server
of this machine, and this very stack when it is started without TLS again.
"""
_LOCAL_HOSTS = frozenset(["localhost", "127.0.0.1", "[::1]"])


@dataclass(frozen=True, slots=True)
class Doorway:
    """`listen` and `metrics` are what nginx' directive `listen` takes.

    `certificate` and `key` turn TLS on; then `host` and `names` are what the door is called (no ports), `port` is what people
    connect to, and a plain request, which may also come in at `plain`, is sent to the name it asked for if that is one of
    ours, else to `host`.
    """

    listen: str
    metrics: str
    host: str = "localhost"
    names: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    port: int = 443
    certificate: Path | None = None
    key: Path | None = None
    plain: str = ""
    metrics_names: tuple[str, ...] = ("127.0.0.1", "localhost")

    def values(self, includes: Path) -> Mapping[str, str]:
        """What the template asks for; `includes` is where tls.conf lies."""
        return {
            "listen": self._listen(includes),
            "secure_place": self._places(),
            "hsts": self._hsts() if self.certificate else "",
            "plain_server": _PLAIN.format(listen=self.plain) if self.plain else "",
            "metrics_listen": self.metrics,
            "metrics_names": " ".join(self.metrics_names),
        }

    def _listen(self, includes: Path) -> str:
        if self.certificate is None:
            return f"listen {self.listen} backlog=1024;"
        lines = (
            f"listen {self.listen} ssl backlog=1024;",
            f'ssl_certificate "{self.certificate}";',
            f'ssl_certificate_key "{self.key}";',
            f'include "{includes}/tls.conf";',
        )
        return "\n        ".join(lines)

    def _places(self) -> str:
        """Lines of a map from the host that was asked for to where it is to be asked for."""
        suffix = "" if self.port == 443 else f":{self.port}"
        lines = [f'default "{self.host}{suffix}";', *(f'"{name}" "{name}{suffix}";' for name in self.names)]
        return "\n        ".join(lines)

    def _hsts(self) -> str:
        return f"max-age={LOCAL_HSTS if self.host in _LOCAL_HOSTS else PUBLIC_HSTS}"


_PLAIN = """
    server {{
        listen {listen} default_server;
        server_name _;
        location / {{
            return 308 https://$secure_place$request_uri;
        }}
    }}
"""
