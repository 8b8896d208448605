"""One driver's whole file on a day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door, Row
from dot_copilot.features.documents import repository as documents
from dot_copilot.features.documents import sph
from dot_copilot.features.documents.schemas import Evidence as EvidenceOut
from dot_copilot.features.documents.service import shape
from dot_copilot.features.drivers import bulk_repository as drivers
from dot_copilot.features.drivers.service import read_driver

from . import policy_repository, schemas, standing
from .model import Evidence, Item, Locale, Waiver
from .policy_rules import load_rules
from .projection import Case


async def driver_file(
    door: Door, clock: Clock, caller: Caller, locale: Locale, driver_id: UUID, *, as_of: date | None
) -> schemas.DriverFileOut:
    """Every requirement with its evidence; `DriverNotFound` for a driver out of reach."""
    driver = await read_driver(door, caller, driver_id)
    day = as_of or clock.today(driver.terminal.time_zone)
    rules = await load_rules(door)
    case = Case((await drivers.facts_of(door, [driver_id]))[0])
    rows = await documents.all_evidence(door, driver_id)
    case.evidence = [_evidence(row) for row in rows]
    case.waivers = [Waiver(*waiver) for _, *waiver in await policy_repository.waivers_of(door, [driver_id])]
    found = standing.stand(case, rules, day)
    return schemas.DriverFileOut.model_construct(
        driver=driver,
        as_of=day,
        employed=standing.employed(case, found),
        may_drive=found.may_drive,
        reasons=[standing.cited_reason(reason, locale) for reason in found.reasons],
        restrictions=[standing.cited_reason(reason, locale) for reason in found.restrictions],
        items=[
            standing.apart(item, locale)
            if sph.hides(caller, item.key)
            else standing.file_item(item, _shown(item, rows, day), locale)
            for item in found.items
        ],
    )


def _evidence(row: Row) -> Evidence:
    """A row of `documents.repository.all_evidence` as the engine takes it."""
    return Evidence(
        row["id"],
        row["requirement"],
        row["obtained_on"],
        row["expires_on"],
        row["outcome"],
        row["provenance"],
        row["review"],
        row["document_id"] is not None,
        False,
        row["details"].get("dated") is not False,
    )


def _shown(item: Item, rows: list[Row], day: date) -> list[EvidenceOut]:
    """The evidence behind an item, newest first: what the engine looked at, and what was sent for it and rejected."""
    looked_at = {evidence.id for evidence in item.evidence}
    return [
        shape(row)
        for row in rows
        if row["id"] in looked_at
        or (row["requirement"] == item.key and row["review"] == "rejected" and row["obtained_on"] <= day)
    ]
