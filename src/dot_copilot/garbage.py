"""The garbage collector of a process that answers requests."""

from __future__ import annotations

import gc


def settle() -> None:
    """Takes what was made at the start out of the garbage collector's sight, and lets it look less often.

    Requests make hardly any cycles, so that a collection on the hot path would mostly cost time. What waits in memory with its
    request makes it come sooner, as telemetry does (ADR 13).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
