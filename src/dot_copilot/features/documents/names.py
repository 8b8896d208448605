"""Makes the file name that a client sent harmless: it is shown and offered for saving, and never used as a path."""

from __future__ import annotations

import re
import unicodedata

_MOST = 120
_EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov", ".qt"),
}
_RESERVED = re.compile(r'[<>:"|?*%;]')
_DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def _visible(letter: str) -> bool:
    """No control, no format (such as U+202E, which turns the text around), no surrogate, no private use, no line end."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def safe_file_name(sent: str | None, media_type: str = "") -> str:
    """A base name of at most 120 characters whose extension tells the truth about `media_type`."""
    base = unicodedata.normalize("NFC", sent or "").replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(letter for letter in base if _visible(letter))
    base = re.sub(r"\s+", " ", _RESERVED.sub("_", base)).strip(" .")
    if _DEVICE.match(base):
        base = "_" + base
    stem, dot, extension = base.rpartition(".")
    right = _EXTENSIONS.get(media_type, ())
    if not dot or not stem or f".{extension}".lower() not in (right or (f".{extension}".lower(),)):
        stem, extension = base, ""
    suffix = f".{extension}" if extension else (right[0] if right else "")
    return (stem[: _MOST - len(suffix)].rstrip(" .") or "document") + suffix
