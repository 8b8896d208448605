"""Writes the demo carriers into a database. Done once: what is there is left as people have changed it meanwhile."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from dot_copilot.core import audit
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.demo import accounts
from dot_copilot.demo.drawer import Piece
from dot_copilot.demo.fleets import COURSE, FLEETS, DemoDriver, Fleet
from dot_copilot.demo.papers import paper
from dot_copilot.demo.present import read_file, write_file
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.compliance import policy_repository
from dot_copilot.features.documents import files
from dot_copilot.features.documents import repository as evidence
from dot_copilot.features.documents.models import NewEvidence, ReceivedFile, StoredFile
from dot_copilot.features.drivers import bulk_repository as drivers
from dot_copilot.features.drivers.events import DriversChanged
from dot_copilot.features.drivers.models import DriverUpsert, EmploymentUpsert, ProfileUpsert

_UPLOADS_AT_ONCE = 8


class Seeded(Struct):
    """What there is now: accounts as the file tells them, and which carriers were filled just now."""

    accounts: list[dict[str, str]]
    filled: list[str]


async def seed(platform: Platform, home: Path) -> Seeded:
    """Fills the carriers that are empty, makes the accounts and writes `demo-accounts.json`.

    Each carrier is one transaction. Ended in the middle, it is as if it had not begun, or only the file lacks: then the
    accounts get new passwords the next time, because the old ones were never told.
    """
    told = {account["email"]: account["password"] for account in read_file(home)}
    done = Seeded([], [])
    for fleet in FLEETS:
        carrier_id = await carriers.find_carrier(platform.database, fleet.usdot)
        if carrier_id is None:
            carrier_id = await carriers.create_carrier(platform.database, fleet.usdot, fleet.name, fleet.places[0].time_zone)
        async with platform.database.job_door(carrier_id, via="seed") as door:
            await carriers.read_carrier(door, lock=True)  # two seeds at once would both find it empty
            if not await drivers.page_of_ids(door, None, 1):
                await _fill(platform, door, fleet)
                done.filled.append(fleet.name)
            done.accounts += await accounts.ensure(door, fleet, told, platform.clock)
    write_file(home, done.accounts)
    return done


async def _fill(platform: Platform, door: Door, fleet: Fleet) -> None:
    values = dict(await carriers.read_carrier(door)) | {"mc_number": fleet.mc_number, "name": fleet.name}
    await carriers.write_carrier(door, values)
    for place in fleet.places:
        await carriers.insert_terminal(
            door,
            {"name": place.name, "code": place.code, "city": place.city, "state": place.state, "time_zone": place.time_zone},
        )
    # The day that has begun at every terminal, so that nothing lies in the future anywhere.
    today = min(platform.clock.today(place.time_zone) for place in fleet.places)
    if fleet.course:
        await policy_repository.insert_policy(door, COURSE | {"effective_from": today.replace(year=today.year - 9, day=1)})
    everyone = fleet.drivers(today)
    ids = await _drivers(door, everyone)
    await _evidence(platform, door, fleet, everyone, ids)
    details = {"drivers": len(everyone), "evidence": sum(len(driver.evidence) for driver in everyone)}
    await audit.record(door, "demo.seeded", "carrier", door.carrier_id, details)
    await door.publish(DriversChanged(list(ids.values())))


async def _drivers(door: Door, everyone: list[DemoDriver]) -> dict[str, UUID]:
    terminals = await carriers.terminals_by_name(door)
    people = [driver.person for driver in everyone]
    made = await drivers.upsert_drivers(
        door,
        [
            DriverUpsert(
                person.employee_id,
                person.first_name,
                person.last_name,
                person.date_of_birth,
                person.email,
                person.phone,
                terminals[person.terminal.lower()],
            )
            for person in people
        ],
        None,
    )
    ids = {employee_id: upserted.driver_id for employee_id, upserted in made.items()}
    await drivers.upsert_profiles(door, [ProfileUpsert(ids[person.employee_id], person.profile) for person in people])
    await drivers.upsert_employments(
        door,
        [
            EmploymentUpsert(ids[driver.person.employee_id], hired_on, ended_on)
            for driver in everyone
            for hired_on, ended_on in driver.employments
        ],
    )
    return ids


async def _evidence(platform: Platform, door: Door, fleet: Fleet, everyone: list[DemoDriver], ids: dict[str, UUID]) -> None:
    pairs = [(driver, piece) for driver in everyone for piece in driver.evidence]
    stored = await _store_papers(platform, door.carrier_id, fleet, pairs, ids)
    for file in stored:
        if file is not None:
            await files.register(door, file)
    await evidence.insert_many(
        door,
        [
            NewEvidence(
                driver_id=ids[driver.person.employee_id],
                requirement=piece.requirement,
                obtained_on=piece.obtained_on,
                expires_on=piece.expires_on,
                outcome=piece.outcome,
                provenance=piece.provenance,
                review=piece.review,
                note=piece.note,
                document_id=file.document_id if file else None,
            )
            for (driver, piece), file in zip(pairs, stored, strict=True)
        ],
    )


async def _store_papers(
    platform: Platform, carrier_id: UUID, fleet: Fleet, pairs: list[tuple[DemoDriver, Piece]], ids: dict[str, UUID]
) -> list[StoredFile | None]:
    """Puts the papers into the store, through the same checks as an upload; None where there is no paper."""
    gate = asyncio.Semaphore(_UPLOADS_AT_ONCE)

    async def one(driver: DemoDriver, piece: Piece) -> StoredFile | None:
        if piece.paper is None:
            return None
        name, content = paper(driver.person, piece, fleet.name)
        async with gate:
            received = ReceivedFile(name, io.BytesIO(content))
            return await files.store(platform, carrier_id, ids[driver.person.employee_id], received)

    return list(await asyncio.gather(*(one(driver, piece) for driver, piece in pairs)))
