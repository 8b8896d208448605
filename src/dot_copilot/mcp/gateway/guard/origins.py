"""Which Host and Origin headers are let in: a page that rebinds its name to our address names its own host."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class Doors:
    """The allow-list (MCP transports, "Security Warning"; RFC 9110 section 7.2).

    Loopback names with any port and the public URL are always in. `hosts` are host[:port]; one without a port stands for
    any port. `origins` are scheme://host[:port].
    """

    def __init__(self, public_url: str, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        public = urlsplit(public_url)
        self._hosts = {host.lower() for host in (*_LOOPBACK, public.netloc, *hosts)}
        self._origins = {origin.lower().rstrip("/") for origin in (f"{public.scheme}://{public.netloc}", *origins)}
        self._good: set[tuple[bytes, bytes]] = set()

    def refusal(self, host: bytes, origin: bytes = b"") -> str | None:
        """Why a request with these headers is refused with 403 (b"" = no such header), or None. Remembers the good pairs."""
        if (host, origin) in self._good:
            return None
        if not self._host_is_good(host.decode("latin-1").lower()):
            return "This server does not answer under that Host name."
        if origin and not self._origin_is_good(origin.decode("latin-1").lower()):
            return "Pages of that Origin may not talk to this server."
        if len(self._good) < 1000:
            self._good.add((host, origin))
        return None

    def _host_is_good(self, host: str) -> bool:
        return bool(host) and (host in self._hosts or _without_port(host) in self._hosts)

    def _origin_is_good(self, origin: str) -> bool:
        if origin in self._origins:
            return True
        scheme, _, rest = origin.partition("://")
        return scheme in ("http", "https") and _without_port(rest) in _LOOPBACK


def _without_port(host: str) -> str:
    """`name:80` and `[::1]:80` without `:80`; a port that is not a number is not taken for one."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and not host.endswith("]") else host
