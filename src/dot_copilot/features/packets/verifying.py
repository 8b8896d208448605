"""The public answer to a packet's code: what its owner allows, to anybody, and not too often."""

from __future__ import annotations

from dot_copilot.core.errors import TooManyRequests
from dot_copilot.core.platform import Platform
from dot_copilot.features.packets import schemas
from dot_copilot.features.packets.codes import shown, understood
from dot_copilot.features.packets.errors import CodeUnknown

_PER_MINUTE = 30
_LIST = "select kind, name, size, sha256 from app.find_packet_files($1)"


async def limit(platform: Platform, address: str) -> None:
    """`TooManyRequests` for an address that tries codes faster than people type."""
    if not await platform.limiter.allow(f"verify:{address}", _PER_MINUTE):
        raise TooManyRequests("Too many codes were tried from your network. Wait a minute.", headers={"Retry-After": "60"})


async def verify(platform: Platform, written: str) -> schemas.Verified:
    """What may be told of the packet; `CodeUnknown` when there is none, or when its owner tells nothing."""
    code = understood(written)
    row = await platform.database.lookup("select * from app.find_packet($1)", code) if code else None
    if row is None or code is None:
        raise CodeUnknown
    files = await platform.database.lookup_all(_LIST, code) if row["shows"] == "detailed" else None
    kept = row["files_until"] is not None and row["files_until"] > platform.clock.now()
    return schemas.Verified(
        code=shown(code),
        state="revoked" if row["revoked_at"] else "valid",
        carrier=row["carrier"],
        usdot=row["usdot"],
        as_of=row["as_of"],
        drivers=row["drivers"],
        documents=row["documents"],
        built_at=row["built_at"],
        revoked_at=row["revoked_at"],
        available=kept and row["revoked_at"] is None,
        manifest_sha256=row["manifest_sha256"].hex(),
        audit_entries=row["audit_seq"],
        audit_hash=row["audit_hash"].hex(),
        shows=row["shows"],
        files=None
        if files is None
        else [schemas.VerifiedFile(name=file["name"], size=file["size"], sha256=file["sha256"].hex()) for file in files],
    )


async def verify_hash(platform: Platform, written: str, sha256: str) -> schemas.VerifiedHash:
    """Whether the packet holds a file of this SHA-256 (hex). The file itself never leaves whoever asks."""
    code = understood(written)
    if code is None or await platform.database.lookup("select shows from app.find_packet($1)", code) is None:
        raise CodeUnknown
    row = await platform.database.lookup("select kind, name from app.find_packet_file($1, $2)", code, bytes.fromhex(sha256))
    return schemas.VerifiedHash(
        found=row is not None, kind=row["kind"] if row else None, name=(row["name"] or None) if row else None
    )
