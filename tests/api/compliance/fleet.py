"""A fleet with random histories, and what the engine says of it, driver by driver: the yardstick for lists and counts."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from dot_copilot.core.database import Door
from dot_copilot.features.compliance import upkeep
from dot_copilot.features.compliance.model import Standing, State
from dot_copilot.features.compliance.policy_rules import load_rules
from dot_copilot.features.compliance.projection import load_cases
from dot_copilot.features.compliance.standing import stand
from dot_copilot.features.drivers.events import DriversChanged
from tests.support.world import World

DAY = date(2026, 11, 22)
REQUIREMENTS = (
    *("application", "sph", "mvr_hire", "mvr_annual", "review_annual", "road_test", "mec", "mec_12", "mec_cdlis", "cdl"),
    *("ch_full", "ch_annual", "drug_pre", "da_policy", "hm_train", "variance", "twic", "lcv", "eldt", "nr_verify"),
)
OUTCOMES = {"ch_full": ("prohibited", "clear"), "ch_annual": ("prohibited", "clear"), "mvr_annual": ("suspended", "clear")}
YES_NO = (
    *("clp", "interstate", "hazmat_employee", "hazmat_security_plan", "passenger", "lcv", "insulin_treated"),
    *("vision_alternative", "medical_variance", "supervises_cdl_drivers", "port_access", "prior_dot_employer"),
)


@dataclass
class Fleet:
    """Drivers of one world, changed at random and told to the projection."""

    world: World
    chance: random.Random
    terminals: list[UUID] = field(default_factory=list)
    drivers: list[UUID] = field(default_factory=list)

    def day(self, back: int = 1500, ahead: int = 60) -> date:
        """A day around `DAY`."""
        return DAY + timedelta(self.chance.randint(-back, ahead))

    async def grow(self, count: int) -> None:
        """Takes on drivers: some never hired, some long gone, most with a heap of evidence."""
        async with self.world.worker.database.job_door(self.world.carrier_id) as door:
            added = [await self._add(door) for _ in range(count)]
            await door.publish(DriversChanged(added))
        self.drivers += added

    async def _add(self, door: Door) -> UUID:
        driver: UUID = await door.fetchval(
            """insert into drivers (carrier_id, employee_id, first_name, last_name, terminal_id)
               values ($1, $2, $3, $4, $5) returning id""",
            door.carrier_id,
            uuid4().hex[:8],
            self.chance.choice(("Ana", "José", "Émile", "Bob")),
            self.chance.choice(("Núñez", "Smith", "O'Neil", "Ruiz")),
            self.chance.choice(self.terminals),
        )
        await door.execute("insert into driver_profiles (carrier_id, driver_id) values ($1, $2)", door.carrier_id, driver)
        await self._facts(door, driver)
        if self.chance.random() < 0.92:
            await self._hire(door, driver, self.day(2500))
        for _ in range(self.chance.randint(0, 14)):
            await self._record(door, driver)
        return driver

    async def _facts(self, door: Door, driver: UUID) -> None:
        pick = self.chance.choice
        await door.execute(
            f"""update driver_profiles set cdl_class = $3, endorsements = $4, first_cdl_issued_on = $5,
                       {", ".join(f"{name} = ${place}" for place, name in enumerate(YES_NO, 6))}
                 where carrier_id = $1 and driver_id = $2""",
            door.carrier_id,
            driver,
            pick(("A", "B", "none", None)),
            pick(([], ["H"], ["H", "N", "T"], ["P"], None)),
            pick((None, date(2010, 5, 1), date(2023, 5, 1))),
            *(pick((None, True, False, False)) for _ in YES_NO),
        )

    async def _hire(self, door: Door, driver: UUID, hired_on: date) -> None:
        await door.execute(
            "insert into employments (carrier_id, driver_id, hired_on) values ($1, $2, $3) on conflict do nothing",
            door.carrier_id,
            driver,
            hired_on,
        )

    async def _record(self, door: Door, driver: UUID) -> None:
        requirement = self.chance.choice(REQUIREMENTS)
        obtained = self.day()
        await door.execute(
            """insert into evidence (carrier_id, driver_id, requirement, obtained_on, expires_on, outcome, provenance, review,
                                     details) values ($1, $2, $3, $4, $5, $6, 'manual', $7, $8)""",
            door.carrier_id,
            driver,
            requirement,
            obtained,
            obtained + timedelta(self.chance.randint(1, 1000)) if self.chance.random() < 0.5 else None,
            self.chance.choice((*OUTCOMES[requirement], None)) if requirement in OUTCOMES else None,
            self.chance.choice(("accepted", "accepted", "accepted", "pending", "rejected")),
            {"dated": False} if self.chance.random() < 0.1 else {},
        )

    async def change(self) -> None:
        """One change of one driver, told in the same transaction."""
        driver = self.chance.choice(self.drivers)
        async with self.world.worker.database.job_door(self.world.carrier_id) as door:
            match self.chance.randint(0, 6):
                case 0 | 1:
                    await self._record(door, driver)
                case 2:
                    await door.execute(
                        """update evidence set voided_at = now(), void_reason = 'wrong driver'
                            where carrier_id = $1 and id = (select id from evidence where carrier_id = $1 and driver_id = $2
                                                               and voided_at is null order by id limit 1)""",
                        door.carrier_id,
                        driver,
                    )
                case 3:
                    await door.execute(
                        "update drivers set terminal_id = $3 where carrier_id = $1 and id = $2",
                        door.carrier_id,
                        driver,
                        self.chance.choice(self.terminals),
                    )
                case 4:
                    await door.execute(
                        """update employments set terminated_on = hired_on + $3::int
                            where carrier_id = $1 and driver_id = $2 and terminated_on is null""",
                        door.carrier_id,
                        driver,
                        self.chance.randint(0, 900),
                    )
                case 5:
                    last = await door.fetchval(
                        "select max(terminated_on) from employments where carrier_id = $1 and driver_id = $2",
                        door.carrier_id,
                        driver,
                    )
                    if last is not None:
                        await self._hire(door, driver, last + timedelta(self.chance.randint(1, 400)))
                case 6:
                    await self._facts(door, driver)
            await door.publish(DriversChanged([driver]))

    async def fold(self) -> None:
        """Folds what waits into the calendar."""
        await upkeep.fold(self.world.worker.database, self.world.carrier_id)


async def judge(world: World, as_of: date | dict[UUID, date]) -> dict[UUID, tuple[UUID, bool, Standing]]:
    """Every driver of the world as the engine sees it: terminal, whether an employment is on record, standing."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        rules = await load_rules(door)
        ids = [row["id"] for row in await door.fetch("select id from drivers where carrier_id = $1", world.carrier_id)]
        cases = await load_cases(door, ids)
    days = {
        case.row["terminal_id"]: as_of if isinstance(as_of, date) else as_of[case.row["terminal_id"]] for case in cases.values()
    }
    return {
        driver: (case.row["terminal_id"], case.hired, stand(case, rules, days[case.row["terminal_id"]]))
        for driver, case in cases.items()
    }


def expected(judged: dict[UUID, tuple[UUID, bool, Standing]]) -> dict[str, Any]:
    """The summary, counted one by one."""
    drivers = cannot = 0
    reasons: Counter[tuple[str, str]] = Counter()
    due: Counter[str] = Counter()
    by_requirement: Counter[tuple[str, str]] = Counter()
    states: Counter[str] = Counter()
    terminals: Counter[tuple[str, str]] = Counter()
    for terminal, hired, standing in judged.values():
        place = str(terminal)
        if standing.employed or not hired:
            drivers += 1
            terminals[place, "drivers"] += 1
            if not standing.may_drive:
                cannot += 1
                terminals[place, "cannot_drive"] += 1
                for reason in standing.reasons:
                    reasons[reason.key, reason.state.value] += 1
        for item in standing.items:
            if item.state is not State.NOT_APPLICABLE:
                states[item.state.value] += 1
            if item.due_on and item.due_on >= standing.as_of:
                for days in (30, 60, 90):
                    if (item.due_on - standing.as_of).days <= days:
                        due[f"d{days}"] += 1
                        by_requirement[item.key, f"d{days}"] += 1
                        terminals[place, f"d{days}"] += 1
    return {
        "drivers": drivers,
        "cannot_drive": cannot,
        "by_reason": dict(reasons),
        "due": dict(due),
        "due_by_requirement": dict(by_requirement),
        "states": dict(states),
        "terminals": dict(terminals),
    }


def answered(body: dict[str, Any]) -> dict[str, Any]:
    """The answer of the summary in the shape of `expected`, without zeros."""
    terminals: dict[Any, int] = {}
    for terminal in body["terminals"]:
        terminals |= {(terminal["id"], name): terminal[name] for name in ("drivers", "cannot_drive")}
        terminals |= {(terminal["id"], name): count for name, count in terminal["due"].items()}
    windows = ("d30", "d60", "d90")
    return {
        "drivers": body["drivers"],
        "cannot_drive": body["cannot_drive"],
        "by_reason": {(reason["requirement"], reason["state"]): reason["drivers"] for reason in body["by_reason"]},
        "due": _nonzero(body["due"]),
        "due_by_requirement": _nonzero(
            {(due["requirement"], name): due[name] for due in body["due_by_requirement"] for name in windows}
        ),
        "states": _nonzero(body["states"]),
        "terminals": _nonzero(terminals),
    }


def _nonzero(counts: dict[Any, int]) -> dict[Any, int]:
    return {key: count for key, count in counts.items() if count}
