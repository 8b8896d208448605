"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "refused", "warning", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, `found` there; `remedy` for what is not ok. Only `refused` stops a deployment."""

    what: str
    state: State
    found: str
    remedy: str = ""
