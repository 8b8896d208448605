"""How long documents are kept; holds; what may go; and letting it go. Nothing goes by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.compliance.policy_rules import Rules, load_rules
from dot_copilot.features.documents import sph
from dot_copilot.features.documents.checking import blobs_of
from dot_copilot.features.documents.errors import DocumentNotFound
from dot_copilot.features.documents.reading import access_document
from dot_copilot.features.drivers import repository as drivers
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.retention import repository, schemas
from dot_copilot.features.retention.clocks import clocks
from dot_copilot.features.retention.errors import AlreadyPurged, HoldLifted, HoldNotFound, HoldStands, StillKept

_DRIVERS_AT_ONCE = 200
_ROUNDS = 25
"""How many times that many drivers are looked at for one page: a fleet with nothing to purge is gone through in several."""


async def of_driver(door: Door, platform: Platform, caller: Caller, driver_id: UUID) -> schemas.DriverRetention:
    """Until when each document of a driver must be kept, and the holds on the file."""
    driver = await access_driver(door, caller, driver_id)
    rows = await repository.documents_of(door, [driver_id])
    rows = [row for row in rows if not sph.hides(caller, row["requirement"])]
    kept = clocks(rows, (await load_rules(door)).find)
    holds = [_hold(row) for row in await repository.holds_of(door, driver_id)]
    return schemas.DriverRetention(as_of=platform.clock.today(driver.time_zone), documents=kept, holds=holds)


def _hold(row: Row) -> schemas.LegalHold:
    return schemas.LegalHold.model_construct(**dict(row))


async def standing(door: Door) -> schemas.HoldList:
    """Every hold that stands."""
    return schemas.HoldList(items=[_hold(row) for row in await repository.standing_holds(door)])


async def hold(door: Door, caller: Caller, driver_id: UUID, new: schemas.HoldCreate) -> schemas.LegalHold:
    """Keeps a driver's file, or one document, from being purged."""
    await access_driver(door, caller, driver_id)
    if new.document_id is not None:
        document = await access_document(door, caller, new.document_id)
        if document.driver_id != driver_id:
            raise DocumentNotFound
    await drivers.lock_driver(door, driver_id)
    created = await repository.insert_hold(door, driver_id, new.document_id, new.reason)
    if created is None:
        raise HoldStands
    told = {"hold": created, "document": new.document_id, "reason": new.reason}
    await audit.record(door, "legal_hold.set", "driver", driver_id, told)
    row = await repository.read_hold(door, created)
    assert row is not None
    return _hold(row)


async def lift(door: Door, caller: Caller, hold_id: UUID, reason: str) -> schemas.LegalHold:
    """Lifts a hold; it stays on record."""
    row = await repository.read_hold(door, hold_id)
    if row is None:
        raise HoldNotFound
    try:
        await access_driver(door, caller, row["driver_id"])
    except DriverNotFound:
        raise HoldNotFound from None
    if not await repository.lift_hold(door, hold_id, reason):
        raise HoldLifted
    await audit.record(door, "legal_hold.lifted", "driver", row["driver_id"], {"hold": hold_id, "reason": reason})
    lifted = await repository.read_hold(door, hold_id)
    assert lifted is not None
    return _hold(lifted)


async def purgeable(door: Door, platform: Platform, caller: Caller, *, limit: int, cursor: str | None) -> schemas.PurgeableList:
    """Documents whose time is over, by driver; a page of them."""
    listing = "purgeable"
    after = UUID(platform.cursors.open(door.carrier_id, listing, cursor)[0]) if cursor else None
    today = platform.clock.today((await carriers.read_carrier(door))["default_time_zone"])
    rules = await load_rules(door)
    found: list[schemas.Purgeable] = []
    for _ in range(_ROUNDS):
        people = await repository.drivers_with_documents(door, after, _DRIVERS_AT_ONCE)
        found += await _of_many(door, caller, people, rules, today)
        after = people[-1] if len(people) == _DRIVERS_AT_ONCE else None
        if after is None or len(found) >= limit:
            break
    next_cursor = platform.cursors.seal(door.carrier_id, listing, [str(after)]) if after else None
    return schemas.PurgeableList(as_of=today, items=found, next_cursor=next_cursor)


async def _of_many(door: Door, caller: Caller, driver_ids: list[UUID], rules: Rules, today: date) -> list[schemas.Purgeable]:
    rows = await repository.documents_of(door, driver_ids)
    rows = [row for row in rows if row["purged_at"] is None and not sph.hides(caller, row["requirement"])]
    people = {row["document_id"]: row for row in rows}
    return [
        schemas.Purgeable.model_construct(
            driver=schemas.PurgeableDriver.model_construct(
                id=people[kept.document_id]["driver_id"],
                employee_id=people[kept.document_id]["employee_id"],
                name=people[kept.document_id]["driver_name"],
                terminated_on=people[kept.document_id]["terminated_on"],
            ),
            document=kept,
        )
        for kept in clocks(rows, rules.find)
        if kept.purgeable_from is not None and kept.purgeable_from <= today
    ]


async def export(platform: Platform, caller: Caller) -> AsyncIterator[bytes]:
    """The whole report as CSV, a transaction a page."""
    yield _line(["employee_id", "driver", "terminated_on", "file", "requirements", "obtained_on", "kept_until", "document_id"])
    cursor = None
    while True:
        async with platform.database.door(caller) as door:
            page = await purgeable(door, platform, caller, limit=1000, cursor=cursor)
        for item in page.items:
            kept = item.document
            names = [item.driver.employee_id, item.driver.name, item.driver.terminated_on, kept.file_name]
            yield _line([*names, " ".join(kept.requirements), kept.obtained_on, kept.kept_until, kept.document_id])
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(values: list[object]) -> bytes:
    """A row of CSV; a value that a spreadsheet would take for a formula is marked as text."""
    out = io.StringIO()
    texts = ["" if value is None else str(value) for value in values]
    csv.writer(out).writerow([f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text for text in texts])
    return out.getvalue().encode()


async def purge(platform: Platform, caller: Caller, document_id: UUID, reason: str) -> schemas.Kept:
    """Removes the file of a document whose time is over. The row, the evidence and why it went stay.

    The row is written first: after a crash before the bytes are gone nobody can open them, and the nightly sweep removes them.
    """
    async with platform.database.door(caller) as door:
        driver = await access_driver(door, caller, (await access_document(door, caller, document_id)).driver_id)
        await drivers.lock_driver(door, driver.id)  # whoever sets a hold, or purges it too, waits
        document = await access_document(door, caller, document_id)
        if document.purged:
            raise AlreadyPurged
        kept = await _kept(door, document.driver_id, document_id)
        if kept.purgeable_from is None or kept.purgeable_from > platform.clock.today(driver.time_zone):
            raise StillKept(kept.purgeable_from, held=kept.held)
        if not await repository.purge_document(door, document_id, reason):
            raise AlreadyPurged
        told = {"document": document_id, "file_name": document.file_name, "sha256": document.sha256.hex(), "reason": reason}
        await audit.record(door, "document.purged", "driver", document.driver_id, told)
        kept = await _kept(door, document.driver_id, document_id)
    with suppress(OSError):
        for name in blobs_of(document.blob_name):
            await platform.blobs.delete(name)
    return kept


async def _kept(door: Door, driver_id: UUID, document_id: UUID) -> schemas.Kept:
    rows = [row for row in await repository.documents_of(door, [driver_id]) if row["document_id"] == document_id]
    if not rows:
        raise DocumentNotFound
    [kept] = clocks(rows, (await load_rules(door)).find)
    return kept
