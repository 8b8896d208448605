"""`dot-copilot audit`: what the operator asks of the logs of all carriers, or of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from dot_copilot.core.database import Database
from dot_copilot.features.audit import service
from dot_copilot.features.audit.schemas import AuditVerification
from dot_copilot.features.carriers import repository as carriers

_WORDS = {
    "changed": "entry {at} was changed after it was written",
    "missing": "entry {at} is missing",
    "reordered": "entry {at} was moved: it is there, under another number",
}


async def verify(database: Database, carrier_ids: Sequence[UUID], known: str | None, tell: Callable[[str], None]) -> bool:
    """Checks the chain of each carrier, and tells a line of each; whether all hold. `known` is `last` of an earlier line."""
    good = True
    for carrier_id in carrier_ids:
        async with database.job_door(carrier_id, via="cli") as door:
            usdot = (await carriers.read_carrier(door))["usdot"]
            found = await service.verify(door, known)
        good = good and found.ok
        tell(f"USDOT {usdot}: {describe(found)}")
    return good


def describe(found: AuditVerification) -> str:
    """What came out, in a line."""
    if found.problem is not None:
        return f"BROKEN: {_WORDS[found.problem].format(at=found.broken_at)} ({found.checked} entries checked)"
    return f"{found.checked} entries, all as they were written; last {found.last}"
