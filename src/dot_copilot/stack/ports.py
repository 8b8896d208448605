"""Ports: which are free, which this home remembers, and who holds the one we wanted."""

from __future__ import annotations

import contextlib
import json
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from dot_copilot.stack.errors import PortInUseError
from dot_copilot.stack.home import write_private

_LOWEST, _HIGHEST = 20_000, 32_000
"""Below the range Linux gives to outgoing connections, so that none of those takes our place between two starts."""


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1 at `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """Who listens on `port`, as a phrase; as a normal user the processes of others have no name."""
    import psutil  # deferred: only needed when something is wrong

    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                if connection.pid is None:
                    break
                with contextlib.suppress(psutil.Error):
                    process = psutil.Process(connection.pid)
                    return f"{process.name()} (pid {process.pid}, {' '.join(process.cmdline()).strip()[:120]})"
    return "a process of another user"


def require_free(port: int, what: str) -> None:
    """Raise PortInUseError, naming the holder, when `port` is taken."""
    if port < 1024:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise PortInUseError(f"only root may listen on port {port}; choose one above 1023 with --port") from None
            except OSError:
                pass
    if not is_free(port):
        raise PortInUseError(f"port {port} for {what} is taken by {holder(port)}; stop it, or choose another port with --port")


def choose(file: Path, names: Iterable[str], avoid: Iterable[int] = ()) -> dict[str, int]:
    """A free port for each name: the one remembered in `file` where it is still free, otherwise a new one."""
    remembered = _read(file)
    taken = set(avoid)
    chosen: dict[str, int] = {}
    for name in names:
        port = remembered.get(name)
        if port is None or port in taken or not is_free(port):
            port = _pick(taken | set(remembered.values()))
        chosen[name] = port
        taken.add(port)
    merged = {**remembered, **chosen}
    if merged != remembered:
        write_private(file, json.dumps(merged, indent=2) + "\n")
    return chosen


def _read(file: Path) -> Mapping[str, int]:
    with contextlib.suppress(OSError, ValueError):
        data = json.loads(file.read_text())
        if isinstance(data, dict):
            return {str(name): port for name, port in data.items() if isinstance(port, int)}
    return {}


def _pick(taken: set[int]) -> int:
    for _ in range(1000):
        port = random.randint(_LOWEST, _HIGHEST)  # noqa: S311
        if port not in taken and is_free(port):
            return port
    raise PortInUseError(f"no free port between {_LOWEST} and {_HIGHEST}")
