"""How much of which kind of file is taken (`DOT_UPLOAD_*_MB`), and what a file is by its first bytes."""

from __future__ import annotations

from typing import Literal

from dot_copilot.core.settings import Settings
from dot_copilot.features.documents.inspection.video import is_film

Kind = Literal["photo", "pdf", "video"]
HEAD = 32
VIDEOS = frozenset({"video/mp4", "video/quicktime"})


def kind_of(media_type: str) -> Kind:
    """The kind of a media type that `inspection` found."""
    if media_type == "application/pdf":
        return "pdf"
    return "video" if media_type in VIDEOS else "photo"


def limit(settings: Settings, kind: Kind) -> int:
    """The most bytes of a kind."""
    return {"photo": settings.upload_photo_mb, "pdf": settings.upload_pdf_mb, "video": settings.upload_video_mb}[kind] << 20


def largest(settings: Settings) -> int:
    """The most bytes of any kind."""
    return max(limit(settings, kind) for kind in ("photo", "pdf", "video"))


def guessed(head: bytes) -> Kind | None:
    """What a file that begins like this can be at best; None when it can't be anything we take."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if is_film(head):
        return "video"
    photo = head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or head[8:12] == b"WEBP" or head[4:8] == b"ftyp"
    return "photo" if photo else None
