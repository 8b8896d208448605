"""One page drawn on another. As pikepdf's own overlays, but with a name that is no random one, for bytes that stay the same."""

from __future__ import annotations

import pikepdf


def place(pdf: pikepdf.Pdf, page: pikepdf.Page, other: pikepdf.Page, rect: pikepdf.Rectangle, *, beneath: bool = False) -> None:
    """Draws `other`, a page of another PDF, into `rect` of `page`, turned as it is shown and in its proportions."""
    place_form(page, pdf.copy_foreign(other.as_form_xobject()), rect, beneath=beneath)


def place_form(page: pikepdf.Page, form: pikepdf.Object, rect: pikepdf.Rectangle, *, beneath: bool = False) -> None:
    """As `place`, for a form XObject that belongs to the PDF already."""
    resources = page.obj.get("/Resources")
    if resources is None:
        resources = page.obj.Resources = pikepdf.Dictionary()
    if "/XObject" not in resources:
        resources.XObject = pikepdf.Dictionary()
    name = pikepdf.Name(f"/Placed{len([key for key in resources.XObject if str(key).startswith('/Placed')])}")
    resources.XObject[name] = form
    drawn = page.calc_form_xobject_placement(form, name, rect)
    if not beneath:
        page.contents_add(b"q\n", prepend=True)
        drawn = b"\nQ\n" + drawn
    page.contents_add(drawn, prepend=beneath)
