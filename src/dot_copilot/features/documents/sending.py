"""Links that take one file: whoever holds one may send the document that it was made for, and nothing else, for a while."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import IO
from uuid import UUID, uuid4

import msgspec

from dot_copilot.core import sealed
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import schemas
from dot_copilot.features.documents.errors import MAX_FILE_BYTES, FileTooLarge, InvalidEvidence, UploadLinkInvalid
from dot_copilot.features.documents.models import ReceivedFile
from dot_copilot.features.documents.recording import check_evidence, record_evidence
from dot_copilot.features.drivers.access import access_driver

SECONDS = 900
LONGEST = 1800
"""Characters of a token: what is told with the document is in it, and addresses have an end."""
_PURPOSE = "upload-link"
_IN_MEMORY = 1024 * 1024


class Errand(msgspec.Struct, array_like=True, frozen=True):
    """What a link is for. `key` makes a second sending through the same link the same document, not another."""

    caller: Caller
    driver_id: UUID
    key: UUID
    file_name: str
    evidence: str
    """`EvidenceCreate` as JSON."""


async def create_link(
    door: Door, platform: Platform, caller: Caller, driver_id: UUID, wanted: schemas.UploadLinkCreate
) -> schemas.UploadLink:
    """A link for the caller's own use, good for `SECONDS`. What would be refused afterwards is refused now."""
    driver = await access_driver(door, caller, driver_id)
    new = wanted.evidence
    await check_evidence(door, caller, driver, new, platform)
    expires_at = int(platform.clock.now().timestamp()) + SECONDS
    # It acts as the assistant or page it was made through: what it records is told as that.
    caller = msgspec.structs.replace(caller, expires_at=expires_at)
    errand = Errand(caller, driver_id, uuid4(), wanted.file_name, new.model_dump_json(exclude_none=True))
    token = sealed.seal(platform.link_key, _PURPOSE, errand)
    if len(token) > LONGEST:
        raise InvalidEvidence("evidence", "a link can't carry that much: shorten the note, and leave the details out")
    return schemas.UploadLink(
        url=f"/api/v1/documents/upload/{token}", expires_at=datetime.fromtimestamp(expires_at, UTC), most_bytes=MAX_FILE_BYTES
    )


async def receive(platform: Platform, token: str, body: AsyncIterator[bytes]) -> schemas.Evidence:
    """The evidence, with the file that came. `UploadLinkInvalid`, FileTooLarge, and what recording evidence refuses."""
    errand = _read(platform, token)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        await _fill(file, body)
        file.seek(0)
        received = ReceivedFile(name=errand.file_name, bytes=file)  # type: ignore[arg-type]  # a BinaryIO but in name
        new = schemas.EvidenceCreate.model_validate_json(errand.evidence)
        return await record_evidence(platform, errand.caller, errand.driver_id, new, received, key=errand.key)


async def _fill(file: IO[bytes], body: AsyncIterator[bytes]) -> None:
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > MAX_FILE_BYTES:
            raise FileTooLarge
        file.write(chunk)


def _read(platform: Platform, token: str) -> Errand:
    errand = sealed.unseal(platform.link_key, _PURPOSE, Errand, token, platform.clock.now().timestamp())
    if errand is None:
        raise UploadLinkInvalid
    return errand
