"""Takes the file out of a multipart request, stopping as soon as it is too large."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from dot_copilot.core.errors import BadRequest, FieldProblem, Invalid
from dot_copilot.features.documents.names import safe_file_name
from dot_copilot.features.roster.errors import MAX_FILE_BYTES, RosterTooLarge

_SLACK = 64 * 1024  # the form's own lines and its other fields
_COPY = 1 << 20
_YES = ("true", "1", "yes", "on")
_NO = ("false", "0", "no", "off", "")


class Upload(Struct):
    """A roster on disk, gone when its request is over."""

    path: Path
    file_name: str
    size: int
    sha256: bytes
    dry_run: bool
    mapping: dict[str, str | None]


@asynccontextmanager
async def receive(request: Request, *, dry_run: bool) -> AsyncIterator[Upload]:
    """The file and the other fields of the form. `RosterTooLarge`, `BadRequest` or `Invalid` when they are not right."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise BadRequest("Send the roster as multipart/form-data with the file in the field 'file'.")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_FILE_BYTES + _SLACK:
        raise RosterTooLarge
    try:
        form = await MultiPartParser(request.headers, _bounded(request.stream()), max_files=1, max_fields=8).parse()
    except ClientDisconnect:
        raise BadRequest("The connection broke off. Nothing was saved; send the file again.") from None
    except MultiPartException as error:
        raise BadRequest(f"The form can't be read: {error.message}") from None
    except (KeyError, ValueError):
        raise BadRequest("The form can't be read: its boundary is missing or damaged.") from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("Choose a file.", errors=[FieldProblem(field="file", problem="is missing; send the roster as a file")])
        wanted = form.get("dry_run")
        with tempfile.TemporaryDirectory(prefix="roster-") as directory:
            path = Path(directory) / "roster"
            size, digest = await asyncio.to_thread(_copy, file.file, path)
            yield Upload(
                path=path,
                file_name=safe_file_name(file.filename or ""),
                size=size,
                sha256=digest,
                dry_run=dry_run if wanted is None else _flag(str(wanted)),
                mapping=_mapping(form.get("mapping")),
            )
    finally:
        await form.close()


async def _bounded(stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > MAX_FILE_BYTES + _SLACK:
            raise RosterTooLarge
        yield chunk


def _copy(source: IO[bytes], path: Path) -> tuple[int, bytes]:
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as target:
        while chunk := source.read(_COPY):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    if size > MAX_FILE_BYTES:
        raise RosterTooLarge
    return size, digest.digest()


def _flag(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise Invalid("Some of the form is not valid.", errors=[FieldProblem(field="dry_run", problem="is neither true nor false")])


def _mapping(text: object) -> dict[str, str | None]:
    if text in (None, ""):
        return {}
    try:
        return msgspec.json.decode(str(text), type=dict[str, str | None])
    except msgspec.DecodeError:
        problem = 'is not a JSON object of columns and fields, such as {"Emp #": "employee_id"}'
        raise Invalid("Some of the form is not valid.", errors=[FieldProblem(field="mapping", problem=problem)]) from None
