"""What a topology depends on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dot_copilot.stack.colours import Standing
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts.nginx import Gateway


@dataclass(frozen=True, slots=True)
class Plan:
    """A home, the ports, the knobs, and the names of the parts that are left out."""

    home: Home
    port: int
    inner: Mapping[str, int]
    gateway: Gateway = field(default_factory=Gateway)
    valkey_memory_mb: int = 256
    without: Collection[str] = ()
    tls: bool = False
    standing: Standing = field(default_factory=Standing)

    @property
    def url(self) -> str:
        """Where a browser finds the stack."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    def local(self, name: str, unless: str = "") -> str:
        """The address of an inner port, or nothing if the part `unless` is left out."""
        return "" if unless and unless in self.without else f"http://127.0.0.1:{self.inner[name]}"
