"""`/acknowledgements`: forms for drivers to sign; `/me/acknowledgements`: what the caller has to sign."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Form, Header, Request
from pydantic import ValidationError

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, FieldProblem, Forbidden, Invalid, InvalidCursor, NotFound, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, Locale, LocaleDep, PlatformDep, allow
from dot_copilot.features.acknowledgements import schemas, service
from dot_copilot.features.acknowledgements.suggestions import SUGGESTIONS
from dot_copilot.features.documents.schemas import Evidence

router = APIRouter(tags=["acknowledgements"], responses=problems(Unauthorized, Forbidden))
_P = Permission
_manage = [Depends(allow(_P.MANAGE_POLICY))]
_read = [Depends(allow(_P.READ_DRIVERS))]
_own = [Depends(allow(_P.WRITE_OWN_EVIDENCE))]


@router.get("/acknowledgements", dependencies=_read)
async def list_acknowledgement_forms(caller: CallerDep, door: DoorDep, platform: PlatformDep) -> schemas.FormList:
    """Every form, and how many have signed it."""
    return await service.list_forms(door, platform, caller)


@router.get("/acknowledgements/suggestions", dependencies=_manage)
async def list_acknowledgement_suggestions() -> schemas.SuggestionList:
    """Texts to begin with."""
    return schemas.SuggestionList(items=SUGGESTIONS)


@router.post("/acknowledgements", status_code=201, dependencies=_manage, responses=problems(Invalid))
async def create_acknowledgement_form(
    new: schemas.FormCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.Form:
    """A new form: every driver to whom its requirement applies is asked to sign."""
    return await service.create_form(door, platform, caller, new)


@router.put("/acknowledgements/{form_id}", dependencies=_manage, responses=problems(NotFound, Conflict, Invalid))
async def change_acknowledgement_form(
    form_id: UUID, change: schemas.FormChange, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.Form:
    """A new version of the text."""
    return await service.change_form(door, platform, caller, form_id, change)


@router.post("/acknowledgements/{form_id}/retire", status_code=204, dependencies=_manage, responses=problems(NotFound))
async def retire_acknowledgement_form(form_id: UUID, door: DoorDep) -> None:
    """Nobody is asked for it any more; what was signed stays on file."""
    await service.retire_form(door, form_id)


@router.get("/acknowledgements/{form_id}/signers", dependencies=_read, responses=problems(NotFound, InvalidCursor))
async def list_acknowledgement_signers(  # noqa: PLR0917 - each a parameter of the request
    form_id: UUID, caller: CallerDep, door: DoorDep, platform: PlatformDep, cursor: CursorQuery = None, limit: LimitQuery = 100
) -> schemas.SignerList:
    """Who has signed, and who has not."""
    return await service.list_signers(door, platform, caller, form_id, cursor=cursor, limit=limit)


@router.get("/me/acknowledgements", dependencies=_own)
async def list_my_acknowledgements(
    caller: CallerDep, door: DoorDep, platform: PlatformDep, locale: LocaleDep
) -> schemas.ToSignList:
    """What the caller, a driver, has to sign."""
    return await service.own(door, platform, caller, locale)


@router.post(
    "/me/acknowledgements/{form_id}/sign", status_code=201, dependencies=_own, responses=problems(NotFound, Conflict, Invalid)
)
async def sign_acknowledgement(
    *,
    form_id: UUID,
    request: Request,
    signature: Annotated[str, Form(max_length=200_000, description="A `Signature` as JSON")],
    locale: Annotated[Locale, Form(description="The language it was read in")],
    caller: CallerDep,
    platform: PlatformDep,
    idempotency_key: Annotated[UUID | None, Header(description="Sent again with the same UUID, it is signed once")] = None,
) -> Evidence:
    """Signs, as a form that a phone can keep until it has a connection."""
    try:
        read = schemas.Signature.model_validate(msgspec.json.decode(signature))
    except (msgspec.DecodeError, ValidationError) as error:
        problem = FieldProblem(field="signature", problem="it can't be read; draw or type it again, nothing was signed")
        raise Invalid(problem.problem, errors=[problem]) from error
    origin = request.client.host if request.client else "unknown"
    return await service.sign(platform, caller, locale, form_id, read, key=idempotency_key, origin=origin)
