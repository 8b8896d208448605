"""Reads the body of `POST /drivers/{id}/evidence`: JSON, or multipart with a file, never more of it than we take."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct
from pydantic import ValidationError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from dot_copilot.core.errors import FieldProblem, Invalid, TooLarge
from dot_copilot.features.documents.errors import MAX_FILE_BYTES, BodyUnreadable, FileTooLarge, InvalidEvidence
from dot_copilot.features.documents.models import ReceivedFile
from dot_copilot.features.documents.schemas import EvidenceCreate

_FIELDS_BYTES = 128 * 1024  # what the other fields and the boundaries of a form may take
_JSON_BYTES = 64 * 1024
_TOO_LONG = TooLarge("Evidence as JSON takes 64 KB at most. Nothing was saved; send a long text as a file.")


class Sent(Struct):
    """What came: the evidence, and the file if there is one."""

    evidence: EvidenceCreate
    file: ReceivedFile | None = None


@asynccontextmanager
async def receive(request: Request) -> AsyncIterator[Sent]:
    """The body by its content type. Files beyond a megabyte lie in a temporary file, which is gone afterwards."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            async with _form(request) as form:
                yield form
        elif kind in ("application/json", ""):
            yield Sent(_validated(await _json(request)))
        else:
            raise BodyUnreadable(f"A body of type '{kind}' is not read here. Send application/json or multipart/form-data.")
    except ClientDisconnect:
        raise BodyUnreadable("The connection broke off. Nothing was saved; send it again.") from None


async def _limited(request: Request, most: int, problem: TooLarge) -> AsyncGenerator[bytes, None]:
    """The body, cut off with `problem` as soon as it is longer than `most` bytes, or says that it will be."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise problem
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > most:
            raise problem
        yield chunk


async def _json(request: Request) -> Any:
    body = b"".join([chunk async for chunk in _limited(request, _JSON_BYTES, _TOO_LONG)])
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BodyUnreadable("The body is not JSON. Nothing was saved.") from None


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[Sent]:
    stream = _limited(request, MAX_FILE_BYTES + _FIELDS_BYTES, FileTooLarge())
    parser = MultiPartParser(Headers(raw=request.headers.raw), stream, max_files=1, max_fields=20, max_part_size=_FIELDS_BYTES)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise BodyUnreadable(f"The form can't be read: {error.message} Nothing was saved.") from None
    except (KeyError, ValueError, UnicodeError):
        raise BodyUnreadable("The form can't be read. Nothing was saved.") from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or (file.filename is None):
            raise InvalidEvidence("file", "a form has a file; send JSON when there is none")
        if (file.size or 0) > MAX_FILE_BYTES:
            raise FileTooLarge
        yield Sent(_validated(_members(form.multi_items())), ReceivedFile(file.filename, file.file))
    finally:
        await form.close()


def _members(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Fields of a form as members of `EvidenceCreate`: an empty one is one that was left out; `details` is JSON."""
    members: dict[str, Any] = {}
    for name, value in items:
        if name == "file" and isinstance(value, UploadFile):
            continue
        if name in members or isinstance(value, UploadFile):
            raise InvalidEvidence(name, "send it once, as text")
        if value.strip():
            members[name] = value
    if "details" in members:
        try:
            members["details"] = json.loads(members["details"])
        except (ValueError, RecursionError):
            raise InvalidEvidence("details", "it is not JSON") from None
    return members


def _validated(members: Any) -> EvidenceCreate:
    try:
        return EvidenceCreate.model_validate(members)
    except ValidationError as error:
        fields = [FieldProblem(field=".".join(map(str, e["loc"])) or "body", problem=e["msg"]) for e in error.errors()]
        named = ", ".join(dict.fromkeys(field.field for field in fields))
        raise Invalid(f"Check {named}. Nothing was saved.", errors=fields) from None
