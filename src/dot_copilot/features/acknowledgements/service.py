"""Forms in versions, and what a signature on one of them becomes: a receipt, and evidence."""

from __future__ import annotations

import asyncio
import hashlib
import io
from uuid import UUID
from zoneinfo import ZoneInfo

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import FieldProblem, Forbidden, Invalid
from dot_copilot.core.platform import Platform
from dot_copilot.features.acknowledgements import repository, schemas
from dot_copilot.features.acknowledgements.errors import FormChanged, FormNotFound, NotOfThisDriver
from dot_copilot.features.acknowledgements.receipt import Receipt, draw
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.compliance.driver_file import driver_file
from dot_copilot.features.compliance.driver_list import list_drivers
from dot_copilot.features.compliance.driver_query import DriverQuery
from dot_copilot.features.compliance.model import Locale, State
from dot_copilot.features.documents import key_repository, requirements
from dot_copilot.features.documents.models import ReceivedFile
from dot_copilot.features.documents.recording import record_evidence
from dot_copilot.features.documents.schemas import Evidence, EvidenceCreate
from dot_copilot.features.documents.service import read_recorded

_STATEMENTS = {
    "en": "I have read this text and sign it. I agree to sign electronically; my typed name is my signature.",
    "es": "He leído este texto y lo firmo. Acepto firmar electrónicamente; mi nombre escrito es mi firma.",
}


def digest(words: schemas.Words) -> str:
    """What a signature names: the SHA-256 of what was read, in hex."""
    return hashlib.sha256(f"{words.title}\n{words.text}".encode()).hexdigest()


async def create_form(door: Door, platform: Platform, caller: Caller, new: schemas.FormCreate) -> schemas.Form:
    """A form whose signature is evidence of a requirement."""
    if await requirements.outcomes_of(door, new.requirement) is None:
        problem = FieldProblem(field="requirement", problem="there is none of this key; GET /api/v1/requirements lists them")
        raise Invalid(problem.problem, errors=[problem])
    form_id = await repository.insert_form(door, new.requirement)
    await repository.insert_words(door, form_id, 1, new.words.model_dump())
    await audit.record(door, "acknowledgement.form_created", "form", form_id, {"requirement": new.requirement})
    return await _form(door, platform, caller, await _locked(door, form_id))


async def change_form(door: Door, platform: Platform, caller: Caller, form_id: UUID, change: schemas.FormChange) -> schemas.Form:
    """A new version of the words; the old ones stay for those who signed them."""
    row = await _locked(door, form_id)
    if row["version"] != change.version:
        raise FormChanged
    version = row["version"] + 1
    await repository.insert_words(door, form_id, version, change.words.model_dump())
    await repository.raise_version(door, form_id, version, ask_again=change.ask_again)
    told = {"version": version, "ask_again": change.ask_again}
    await audit.record(door, "acknowledgement.form_changed", "form", form_id, told)
    return await _form(door, platform, caller, await _locked(door, form_id))


async def retire_form(door: Door, form_id: UUID) -> None:
    """Nobody is asked for it any more; what was signed stays evidence."""
    await _locked(door, form_id)
    await repository.retire(door, form_id)
    await audit.record(door, "acknowledgement.form_retired", "form", form_id)


async def list_forms(door: Door, platform: Platform, caller: Caller) -> schemas.FormList:
    """Every form, and how many have signed."""
    return schemas.FormList(items=[await _form(door, platform, caller, row) for row in await repository.all_forms(door)])


async def list_signers(
    door: Door, platform: Platform, caller: Caller, form_id: UUID, *, cursor: str | None, limit: int
) -> schemas.SignerList:
    """Those within the caller's reach to whom the form's requirement applies, and when each signed."""
    row = await _locked(door, form_id, active=False)
    page = await list_drivers(
        door, platform, caller, "en", DriverQuery(requirement=row["requirement"], cursor=cursor, limit=limit)
    )
    signed = await repository.signed_on(door, form_id, row["ask_from"], [driver.id for driver in page.items])
    items = [
        schemas.Signer(
            driver_id=driver.id,
            employee_id=driver.employee_id,
            first_name=driver.first_name,
            last_name=driver.last_name,
            terminal_name=driver.terminal.name,
            signed_on=signed.get(driver.id),
        )
        for driver in page.items
    ]
    return schemas.SignerList(items=items, next_cursor=page.next_cursor, total=page.total)


async def own(door: Door, platform: Platform, caller: Caller, locale: Locale) -> schemas.ToSignList:
    """What the caller, a driver, has to sign: forms whose requirement applies to them, and that they have not signed."""
    rows = [row for row in await repository.all_forms(door) if row["retired_at"] is None]
    if not rows or caller.driver_id is None:
        return schemas.ToSignList(items=[])
    wanted = await _wanted(door, platform, caller, rows)
    return schemas.ToSignList(items=[_to_sign(row, locale) for row in rows if str(row["id"]) in wanted])


async def sign(
    platform: Platform,
    caller: Caller,
    locale: Locale,
    form_id: UUID,
    signature: schemas.Signature,
    *,
    key: UUID | None,
    origin: str,
) -> Evidence:
    """Records the signature as evidence, with the receipt; sent again with the same key it is told again.

    FormChanged when another text than the present one was read; NotOfThisDriver when nothing is to be signed.
    """
    if not signature.agreed:
        problem = FieldProblem(field="agreed", problem="tick that you have read it and sign it; nothing was signed")
        raise Invalid(problem.problem, errors=[problem])
    async with platform.database.door(caller) as door:
        if key is not None and (known := await key_repository.earlier(door, key)) is not None:
            return await read_recorded(door, known)
        row = await _locked(door, form_id)
        words = _words(row, locale)
        if (row["version"], digest(words)) != (signature.version, signature.sha256):
            raise FormChanged
        if caller.driver_id is None or str(form_id) not in await _wanted(door, platform, caller, [row]):
            raise NotOfThisDriver
        file = await driver_file(door, platform.clock, caller, locale, caller.driver_id, as_of=None)
        carrier = await carriers.read_carrier(door)
    driver = file.driver
    zone = driver.terminal.time_zone
    now = platform.clock.now().astimezone(ZoneInfo(zone))
    facts = [
        ("Driver", f"{driver.first_name} {driver.last_name} (employee {driver.employee_id})"),
        ("Motor carrier", f"{carrier['name']}, USDOT {carrier['usdot']}"),
        ("Signed at", f"{now:%Y-%m-%d %H:%M:%S} {zone} (UTC{now:%z})"),
        ("Signed from", f"{origin}, by way of {caller.via}, session {caller.session_id}"),
        ("Text", f"form {form_id}, version {row['version']}, SHA-256 {signature.sha256}"),
    ]
    receipt = Receipt(words.title, words.text, signature.name, _STATEMENTS[locale], facts, signature.strokes)
    paper = await asyncio.to_thread(draw, receipt)
    told = {"form": str(form_id), "version": row["version"], "sha256": signature.sha256, "name": signature.name}
    new = EvidenceCreate(
        requirement=row["requirement"],
        obtained_on=platform.clock.today(zone),
        details={"acknowledgement": {**told, "signed_at": now.isoformat(), "drawn": bool(signature.strokes)}},
    )
    received = ReceivedFile(name=f"{words.title[:80]} {now:%Y-%m-%d}.pdf", bytes=io.BytesIO(paper))
    return await record_evidence(platform, caller, driver.id, new, received, key=key, complete=True)


def _words(row: Row, locale: Locale) -> schemas.Words:
    found = schemas.FormWords.model_validate(row["words"])
    return (found.es if locale == "es" else None) or found.en


def _to_sign(row: Row, locale: Locale) -> schemas.ToSign:
    words = _words(row, locale)
    return schemas.ToSign(
        form_id=row["id"],
        version=row["version"],
        requirement=row["requirement"],
        title=words.title,
        text=words.text,
        sha256=digest(words),
    )


async def _locked(door: Door, form_id: UUID, *, active: bool = True) -> Row:
    row = await repository.lock_form(door, form_id)
    if row is None or (active and row["retired_at"] is not None):
        raise FormNotFound
    return row


async def _wanted(door: Door, platform: Platform, caller: Caller, rows: list[Row]) -> set[str]:
    """Ids of the forms that a driver has to sign."""
    assert caller.driver_id is not None
    file = await driver_file(door, platform.clock, caller, "en", caller.driver_id, as_of=None)
    applies = {item.requirement for item in file.items if item.state is not State.NOT_APPLICABLE}
    signed = await repository.signed_versions(door, caller.driver_id)
    return {str(row["id"]) for row in rows if row["requirement"] in applies and signed.get(str(row["id"]), 0) < row["ask_from"]}


async def _form(door: Door, platform: Platform, caller: Caller, row: Row) -> schemas.Form:
    if not caller.may(Permission.READ_DRIVERS):
        raise Forbidden("Only those who see drivers see who has signed.")
    page = await list_drivers(door, platform, caller, "en", DriverQuery(requirement=row["requirement"], limit=1))
    return schemas.Form(
        id=row["id"],
        requirement=row["requirement"],
        version=row["version"],
        words=schemas.FormWords.model_validate(row["words"]),
        created_at=row["created_at"],
        retired_at=row["retired_at"],
        signed=await repository.count_signed(door, row["id"], row["ask_from"]),
        wanted=page.total,
    )
