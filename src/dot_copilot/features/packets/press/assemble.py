"""One PDF out of a sheet and the pages of its documents.

The pages of our own and the heads of all others are set first, as one PDF with its outline and links; then what documents show is
drawn beneath the heads. Nothing depends on the clock or on chance, so equal sheets make equal bytes.
"""

from __future__ import annotations

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pikepdf
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame

from dot_copilot.features.packets.press import front, typeface
from dot_copilot.features.packets.press.model import Sheet, SheetDocument
from dot_copilot.features.packets.press.paper import FOOT, HEAD, MARGIN, PORTRAIT, Size
from dot_copilot.features.packets.press.placing import place

PRODUCER = "DOT-Copilot"


def assemble(sheet: Sheet, target: Path) -> int:
    """Writes the PDF; returns the number of its pages."""
    typeface.load()
    first = _Setting(sheet, {}, 0)  # only to learn how many pages the words take
    starts, total = _starts(sheet, first.words())
    setting = _Setting(sheet, starts, total)
    setting.words()
    for document in sheet.documents:
        setting.document(document)
    with ExitStack() as opened, pikepdf.open(BytesIO(setting.bytes())) as pdf:
        for document in sheet.documents:
            if document.part is None:
                continue
            part = opened.enter_context(pikepdf.open(document.part))
            for offset, page in enumerate(part.pages):
                ours = pdf.pages[starts[document.number] - 1 + offset]
                place(pdf, ours, page, pikepdf.Rectangle(pikepdf.Array(ours.mediabox)), beneath=True)
        _describe(pdf, sheet)
        pdf.save(
            target,
            deterministic_id=True,
            compress_streams=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return total


def _starts(sheet: Sheet, words: int) -> tuple[dict[int, int], int]:
    """On which page (from 1) each document begins, and how many pages there are."""
    starts, page = {}, words
    for document in sheet.documents:
        starts[document.number] = page + 1
        page += max(1, len(document.sizes))
    return starts, page


def _describe(pdf: pikepdf.Pdf, sheet: Sheet) -> None:
    """What a reader shows as the document's properties; no dates, for there is no moment in it."""
    info = {
        "/Title": f"{front.kind_of(sheet)}: {sheet.driver}, as of {sheet.as_of}",
        "/Author": f"{sheet.carrier} (USDOT {sheet.usdot})",
        "/Subject": f"Audit packet {sheet.code}, version of the data {sheet.version}",
        "/Keywords": f"49 CFR 391, USDOT {sheet.usdot}, employee {sheet.employee_id}, packet {sheet.code}",
        "/Producer": PRODUCER,
    }
    del pdf.docinfo
    for name, value in info.items():
        pdf.docinfo[pikepdf.Name(name)] = value
    pdf.Root.Lang = "en-US"
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.Root.PageMode = pikepdf.Name.UseOutlines


class _Frame(Frame):
    """A page's body that tells how much of it is free."""

    used = False

    @property
    def free(self) -> float:
        """Points between what stands here and the foot."""
        return float(getattr(self, "_y") - getattr(self, "_y1p"))  # noqa: B009 - the stubs know neither

    def take(self, flowable: Flowable, canvas: Canvas) -> bool:
        """Draws the flowable if it fits."""
        fits = bool(self.add(flowable, canvas))
        self.used = self.used or (fits and not isinstance(flowable, front.Mark | front.Room))
        return fits


def _frame() -> _Frame:
    width, height = PORTRAIT
    return _Frame(MARGIN, FOOT, width - 2 * MARGIN, height - HEAD - FOOT, 8, 4, 8, 4)


class _Setting:
    """The pages of our own, and empty ones with heads for documents."""

    def __init__(self, sheet: Sheet, starts: dict[int, int], total: int) -> None:
        self._sheet, self._starts, self._total = sheet, starts, total
        self._buffer = BytesIO()
        self._canvas = Canvas(self._buffer, pagesize=PORTRAIT, invariant=1, pageCompression=1)
        self._page = 0

    def bytes(self) -> bytes:
        """The PDF so far."""
        self._canvas.save()
        return self._buffer.getvalue()

    def words(self) -> int:
        """Cover, index and status; returns the number of pages."""
        self._flow(front.cover(self._sheet, self._starts), "Index")
        if self._sheet.kind == "file":
            self._flow(front.status(self._sheet), "Status of requirements")
        return self._page

    def document(self, document: SheetDocument) -> None:
        """The heads of the document's pages, or the page in its place."""
        if self._page == self._starts[self._sheet.documents[0].number] - 1:
            self._canvas.bookmarkPage("documents")
            self._canvas.addOutlineEntry("Documents", "documents", 0, closed=False)
        key = f"document-{document.number}"
        self._canvas.bookmarkPage(key)
        self._canvas.addOutlineEntry(f"{document.number}. {document.requirement}, {typeface.day(document.obtained_on)}", key, 1)
        count = len(document.sizes)
        if document.problem is not None:
            self._flow(front.stand_in(document), f"{document.requirement} · document {document.number} not included")
            return
        for number, size in enumerate(document.sizes, 1):
            said = f"{document.requirement} · document {document.number} page {number} of {count}"
            self._end_page(said, size)

    def _flow(self, story: list[Flowable], said: str) -> None:
        left = list(story)
        while left:
            frame = _frame()
            while left:
                if isinstance(left[0], front.Room) and frame.free < left[0].height and frame.used:
                    break
                if frame.take(left[0], self._canvas):
                    del left[0]
                    continue
                parts = frame.split(left[0], self._canvas)
                if parts and frame.take(parts[0], self._canvas):
                    left[0:1] = parts[1:]
                elif not frame.used:
                    raise ValueError("something is taller than a page and can't be split")
                break
            self._end_page(said, PORTRAIT)

    def _end_page(self, said: str, size: Size) -> None:
        sheet, canvas = self._sheet, self._canvas
        self._page += 1
        canvas.setPageSize(size)
        width, height = size
        canvas.setFont(typeface.PLAIN, 7.5)
        canvas.setFillColor(typeface.INK)
        room = width - 2 * MARGIN
        canvas.drawString(MARGIN, height - 22, _cut(f"USDOT {sheet.usdot} · {sheet.driver} · {said}", room, 7.5))
        canvas.setFillColor(typeface.QUIET)
        canvas.drawString(MARGIN, height - 33, f"Packet {sheet.code} · as of {typeface.day(sheet.as_of)}")
        canvas.drawRightString(width - MARGIN, height - 33, f"{self._page} / {self._total}")
        canvas.setStrokeColor(typeface.LINE)
        canvas.line(MARGIN, height - 40, width - MARGIN, height - 40)
        canvas.showPage()


def _cut(words: str, room: float, size: float) -> str:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    said = "".join(letter if letter.isprintable() else " " for letter in words)
    while stringWidth(said, typeface.PLAIN, size) > room:
        said = said[:-2].rstrip() + "…"
    return said
