"""Multi-round-trip results (SEP-2322): an upstream's `requestState` travels through the client sealed.

The client may send back anything. What the gateway opens was sealed for the same person, client, upstream and request
(method, name and arguments), at most `state_seconds` ago; nothing else reaches the upstream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.ports import Verdict
from dot_copilot.mcp.gateway.wire.jsonrpc import INVALID_PARAMS, RpcError
from dot_copilot.mcp.gateway.wire.seal import NotOurs, Sealer

STATE = "requestState"
_VARIES = frozenset({"_meta", "inputResponses", STATE})  # what differs between the rounds of one request


def binding(verdict: Verdict, entry: Entry, method: str, params: dict[str, Any]) -> bytes:
    """What a state is bound to. `params` as they go to the upstream."""
    asked = {key: value for key, value in params.items() if key not in _VARIES}
    digest = hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()
    who = [str(verdict.caller.user_id), str(verdict.caller.carrier_id), verdict.client_id]
    return orjson.dumps([*who, entry.offered.upstream, method, digest])


def open_state(sealer: Sealer, bound: Callable[[], bytes], params: dict[str, Any]) -> None:
    """Replaces the sealed state in `params` by the upstream's own; INVALID_PARAMS if it is not ours.

    `bound` makes the binding; it costs a hash, so it is asked for only when there is a state.
    """
    sealed = params.get(STATE)
    if sealed is None:
        return
    try:
        if not isinstance(sealed, str):
            raise NotOurs
        params[STATE] = sealer.open(sealed, bound()).decode()
    except NotOurs:
        raise RpcError(INVALID_PARAMS, "Invalid or expired requestState. Start the request again without it.") from None


def seal_state(sealer: Sealer, bound: Callable[[], bytes], result: dict[str, Any]) -> None:
    """Seals the state of a result that asks for more input."""
    state = result.get(STATE)
    if isinstance(state, str):
        result[STATE] = sealer.seal(state.encode(), bound())
