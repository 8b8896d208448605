"""Finds what people name in words: a terminal by its city, a driver by a part of the name, a requirement by what it is called.

Ids and keys pass as they are; the API says whether they exist.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.caller import AT_TERMINALS
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.inside import Api, Language

_KEEP_SECONDS = 60.0
_MOST_KEPT = 500
_SHOWN = 8
T = TypeVar("T")
# What people say for several requirements at once.
_GROUPS: dict[tuple[str, ...], tuple[str, ...]] = {
    (
        *("medical card", "med card", "medical", "medical certificate", "medical examiner's certificate", "dot physical"),
        *("dot medical card", "dot card", "certificado medico", "tarjeta medica", "examen medico"),
    ): ("mec", "mec_12", "mec_cdlis"),
    ("mvr", "motor vehicle record", "driving record", "historial de manejo"): ("mvr_hire", "mvr_annual"),
    ("clearinghouse", "clearinghouse query", "consulta clearinghouse"): ("ch_full", "ch_annual"),
    ("hazmat training", "hazmat", "capacitacion hazmat"): ("hm_train", "hm_security", "hm_driver"),
    ("license", "licence", "driver's license", "commercial driver's license", "licencia", "licencia comercial"): ("cdl",),
    ("drug test", "pre-employment drug test", "prueba de drogas"): ("drug_pre",),
    ("road test certificate", "prueba de manejo"): ("road_test",),
}
_BY_WORD = {word: keys for words, keys in _GROUPS.items() for word in words}


class TerminalName(Struct, frozen=True):
    """A terminal, as it may be called."""

    id: UUID
    name: str
    code: str | None
    city: str | None


class _Terminals(Struct):
    items: list[TerminalName]


class RequirementName(Struct, frozen=True):
    """A requirement, as it may be called."""

    key: str
    title: str


class _Requirements(Struct):
    items: list[RequirementName]


class _Place(Struct):
    name: str


class DriverName(Struct, frozen=True):
    """A driver, as they may be called."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal: _Place

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name} (employee id {self.employee_id}, {self.terminal.name})"


class _Drivers(Struct):
    items: list[DriverName]
    total: int


def fold(text: str) -> str:
    """Without case, accents and superfluous blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def as_uuid(text: str) -> UUID | None:
    """The UUID that a text is, if it is one."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class _Memory(dict[object, tuple[float, list[T]]]):
    """Lists of names, a minute long; what is not found in one is asked for again."""

    def keep(self, key: object, items: list[T]) -> list[T]:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[key] = (time.monotonic() + _KEEP_SECONDS, items)
        return items

    def recall(self, key: object) -> list[T] | None:
        until, items = self.get(key, (0.0, []))
        return items if until > time.monotonic() else None


class Names:
    """The names of a process's carriers: terminals by carrier, requirements by carrier and language."""

    def __init__(self) -> None:
        self.terminals: _Memory[TerminalName] = _Memory()
        self.requirements: _Memory[RequirementName] = _Memory()


class Finder:
    """Finds things for one visitor."""

    __slots__ = ("_api", "_language", "_names")

    def __init__(self, api: Api, names: Names, language: Language) -> None:
        self._api, self._names, self._language = api, names, language

    async def terminals(self, *, fresh: bool = False) -> list[TerminalName]:
        """The carrier's terminals by name; a supervisor's or coach's own ones only."""
        caller = self._api.visitor.caller
        known = None if fresh else self._names.terminals.recall(caller.carrier_id)
        if known is None:
            found = await self._api.get("/terminals", _Terminals)
            known = self._names.terminals.keep(caller.carrier_id, found.items)
        if caller.role in AT_TERMINALS:
            return [terminal for terminal in known if terminal.id in caller.terminals]
        return known

    async def terminal(self, words: str | None) -> UUID | None:
        """The one terminal of that id, name, code or city; None when none is asked for. `ToolError` for none or several."""
        if words is None:
            return None
        if (id_ := as_uuid(words)) is not None:
            return id_
        known = await self.terminals()
        found = _named(known, words)
        if not found:
            known = await self.terminals(fresh=True)
            found = _named(known, words)
        if len(found) == 1:
            return found[0].id
        if found:
            raise ToolError(f"'{words}' may be {_either(t.name for t in found)}. Name one terminal.")
        yours = ", ".join(terminal.name for terminal in known[:40]) or "none"
        raise ToolError(f"There is no terminal '{words}' that this person may see. Terminals: {yours}.")

    async def driver(self, words: str) -> UUID:
        """The one driver of that id, employee id or name. `ToolError` for none or several, with their names."""
        if (id_ := as_uuid(words)) is not None:
            return id_
        found = await self._api.get("/drivers", _Drivers, q=words[:100], employment="all", limit=_SHOWN)
        exact = [driver for driver in found.items if fold(driver.employee_id) == fold(words)]
        full = [driver for driver in found.items if fold(f"{driver.first_name} {driver.last_name}") == fold(words)]
        for certain in (exact, found.items, full):
            if len(certain) == 1 and (certain is not found.items or found.total == 1):
                return certain[0].id
        if not found.items:
            raise ToolError(
                f"No driver is called '{words}', or none that this person may see. search_drivers finds parts of a name."
            )
        more = f" and {found.total - len(found.items)} more" if found.total > len(found.items) else ""
        names = "; ".join(str(driver) for driver in found.items)
        raise ToolError(f"'{words}' fits {found.total} drivers: {names}{more}. Call again with the employee id of one.")

    async def requirements(self, words: str | None) -> tuple[str, ...]:
        """The keys that the words stand for, at least one; none when nothing is asked for. `ToolError` if there are none."""
        if words is None:
            return ()
        wanted = fold(words)
        if wanted in _BY_WORD:
            return _BY_WORD[wanted]
        known = await self._catalogue()
        found = _called(known, wanted)
        if not found:
            known = await self._catalogue(fresh=True)
            found = _called(known, wanted)
        if not found:
            keys = ", ".join(f"{one.key} ({one.title})" for one in known)
            raise ToolError(f"There is no requirement '{words}'. There are: {keys}.")
        return found

    async def requirement(self, words: str | None) -> str | None:
        """As `requirements`, where only one will do."""
        keys = await self.requirements(words)
        if len(keys) > 1:
            raise ToolError(f"'{words}' may be {_either(keys)}. Name one; explain_requirement tells to whom each applies.")
        return keys[0] if keys else None

    async def _catalogue(self, *, fresh: bool = False) -> list[RequirementName]:
        key = (self._api.visitor.caller.carrier_id, self._language)
        known = None if fresh else self._names.requirements.recall(key)
        if known is None:
            known = self._names.requirements.keep(key, (await self._api.get("/requirements", _Requirements)).items)
        return known


def _named(terminals: Sequence[TerminalName], words: str) -> list[TerminalName]:
    """By name, else code, else city, else as a part of the name."""
    wanted = fold(words)
    city = wanted.split(",", maxsplit=1)[0].strip()  # "Dallas, TX"
    tests: tuple[Callable[[TerminalName], bool], ...] = (
        lambda t: fold(t.name) == wanted,
        lambda t: fold(t.code or "") == wanted,
        lambda t: fold(t.city or "") in (wanted, city),
        lambda t: wanted in fold(t.name),
    )
    for fits in tests:
        if found := [terminal for terminal in terminals if fits(terminal)]:
            return found
    return []


def _called(known: Sequence[RequirementName], wanted: str) -> tuple[str, ...]:
    """By key, else by whole title, else where every word begins a word of the title."""
    key = wanted.replace(" ", "_").replace("-", "_")
    for exact in (key, wanted):
        if found := tuple(one.key for one in known if exact in (one.key, fold(one.title))):
            return found
    words = [re.compile(rf"\b{re.escape(word.removesuffix('s'))}") for word in wanted.split()]
    return tuple(one.key for one in known if words and all(word.search(fold(one.title)) for word in words))


def _either(names: Iterable[str]) -> str:
    return " or ".join(f"'{name}'" for name in names)
