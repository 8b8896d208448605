"""What a PDF does besides being looked at. Runs in the bounded process; qpdf also reads what hides in object streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

MOST_PAGES = 1000
_MOST_OBJECTS = 400_000
_DEEPEST = 50
_ACTIONS = {"/JavaScript": "a script", "/Launch": "a command that starts programs", "/ImportData": "a command that loads data"}
_AGAIN = "print it to a new PDF, and send that one"


def look(path: str) -> dict[str, Any]:
    """`{"pages": n}`, or `{"refused": "..."}` which continues a sentence that begins with the file's name."""
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError:
        return {"refused": "is encrypted: it opens with a password only, which an auditor won't have; save it without one"}
    except pikepdf.PdfError:
        return {"refused": "is a PDF that is damaged: no reader can open it"}
    with pdf:
        try:
            pages = len(pdf.pages)
            if pages == 0:
                return {"refused": "is a PDF without a page"}
            if pages > MOST_PAGES:
                return {"refused": f"has {pages:,} pages, and {MOST_PAGES:,} at most are taken; send those that matter"}
            found = next(_active(pdf), None)
        except pikepdf.PdfError:
            return {"refused": "is a PDF that is damaged: no reader can open it"}
    return {"refused": f"is a PDF with {found} in it; {_AGAIN}"} if found else {"pages": pages}


def _active(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Whatever acts, or carries another file, in the order it is found."""
    for number, thing in enumerate(pdf.objects):
        if number > _MOST_OBJECTS:
            yield "too many parts"
        yield from _in(thing, 0)


def _in(thing: Any, depth: int) -> Iterator[str]:
    """Objects within one object; those it refers to are objects of the file, and looked at on their own."""
    if depth > _DEEPEST:
        yield "parts nested too deeply"
        return
    if isinstance(thing, pikepdf.Array):
        inner: list[Any] = list(thing)
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        yield from _acts(thing)
        inner = [thing.get(key) for key in thing.keys() if key != "/Parent"]  # noqa: SIM118 - pikepdf's objects iterate otherwise
    else:
        return
    for each in inner:
        if isinstance(each, (pikepdf.Array, pikepdf.Dictionary)) and not each.is_indirect:
            yield from _in(each, depth + 1)


def _acts(thing: Any) -> Iterator[str]:
    """What a dictionary says of itself (ISO 32000-2, 12.6.4, 7.11.4, 13.7)."""
    if "/JS" in thing:
        yield "a script"
    if (action := _ACTIONS.get(str(thing.get("/S", "")))) is not None:
        yield action
    if "/EmbeddedFiles" in thing or str(thing.get("/Type", "")) == "/EmbeddedFile":
        yield "another file"
    if str(thing.get("/Subtype", "")) == "/RichMedia":
        yield "a film or a program"
