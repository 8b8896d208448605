"""DOT-Copilot: driver qualification files and training, audit-ready under FMCSA rules."""

from __future__ import annotations

__version__: str


def __getattr__(name: str) -> str:
    """`__version__`, when somebody asks: in a checkout it takes a question to git."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dot_copilot.version import version

    return version()
