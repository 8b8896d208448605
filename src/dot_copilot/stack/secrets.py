"""`dot-copilot put-secret`: an operator's own secrets, such as the address of a MongoDB, in the store of a running stack."""

from __future__ import annotations

import asyncio

from dot_copilot.stack import report
from dot_copilot.stack.errors import ProbeError, StackError
from dot_copilot.stack.home import Home
from dot_copilot.stack.vault import Vault


def put(home: Home, name: str, value: str) -> None:
    """Stores or replaces it; StackError that says what to do when that is not possible."""
    if not value:
        raise StackError("the secret is empty; nothing was stored")
    snapshot = report.current(home)
    port = next((part.port for part in snapshot.parts if part.name == "openbao" and part.pid is not None), None)
    if not snapshot.running or port is None:
        raise StackError(f"no stack runs in {home.root}; start it with 'dot-copilot up --detach', then try again")
    try:
        asyncio.run(Vault(home, port).put(name, value))
    except (OSError, ProbeError) as error:
        raise StackError(f"the secret store does not answer, or its credentials can't be read ({error})") from None
