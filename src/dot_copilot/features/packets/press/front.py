"""What a packet says in words: the cover with its index, and the status of every requirement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from dot_copilot.features.packets.press.model import Sheet, SheetDocument, SheetItem, SheetRecord
from dot_copilot.features.packets.press.typeface import (
    HEADING,
    INK,
    LINE,
    SMALL,
    STRONG,
    TEXT,
    TINY,
    TITLE,
    day,
    text,
)

# As the pages of the product call them (web/src/i18n/en).
STATES: Final = {
    "unknown": "Not known",
    "missing": "Missing",
    "due": "Due",
    "overdue": "Overdue",
    "pending_review": "In review",
    "valid": "Valid",
    "expiring": "Runs out soon",
    "expired": "Ran out",
    "blocked": "Blocked",
}
_NAMES = {
    "file": ("Driver qualification file", "49 CFR 391.51"),
    "sph": ("Safety performance history file", "49 CFR 391.53 - restricted: not part of the driver qualification file"),
}
_DISCLAIMER = (
    "This packet shows what the carrier has on record. States are derived from these records and the rules cited; they are not a "
    "decision of any authority and not legal advice."
)
_ROWS = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
)
_FACTS = TableStyle(
    [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
)


def kind_of(sheet: Sheet) -> str:
    """What the PDF is, in a few words."""
    return _NAMES[sheet.kind][0]


class Mark(Flowable):
    """Nothing to be seen: a place that the outline and links lead to."""

    def __init__(self, key: str, title: str, level: int = 0) -> None:
        super().__init__()
        self._key, self._title, self._level = key, title, level

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.bookmarkPage(self._key)
        self.canv.addOutlineEntry(self._title, self._key, self._level, closed=self._level == 0)


class Room(Flowable):
    """Nothing to be seen: a new page is begun here when less than so many points are left."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self.height = height

    def wrap(self, *_: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        """Draws nothing."""


def cover(sheet: Sheet, starts: Mapping[int, int]) -> list[Flowable]:
    """The first page and the index. `starts`: on which page each document begins."""
    name, place = _NAMES[sheet.kind]
    told: list[Flowable] = [
        Mark("index", "Index"),
        text(name, TITLE),
        text(place, SMALL),
        Spacer(1, 6),
        _facts(sheet),
        Spacer(1, 8),
    ]
    if sheet.kind == "file":
        told += _verdict(sheet)
    told += [text(remark, SMALL) for remark in sheet.remarks]
    told += [Spacer(1, 8), text("Index of documents", HEADING)]
    told.append(_index(sheet, starts) if sheet.documents else text("There are no documents on record for this driver."))
    return [*told, Spacer(1, 8), text(_DISCLAIMER, SMALL)]


def _facts(sheet: Sheet) -> Table:
    facts = {
        "Motor carrier": f"{sheet.carrier}, USDOT {sheet.usdot}",
        "Driver": f"{sheet.driver} (employee {sheet.employee_id})",
        "Terminal": sheet.terminal,
        "Employment": sheet.hired,
        "As of": day(sheet.as_of),
        "Packet code": sheet.code,
        "Verify at": sheet.verify_url,
        "Version of the data": sheet.version,
    }
    rows = [[text(name, SMALL), text(value, STRONG if name in ("Driver", "As of") else TEXT)] for name, value in facts.items()]
    return Table(rows, colWidths=[96, 440], style=_FACTS, hAlign="LEFT")


def _verdict(sheet: Sheet) -> list[Flowable]:
    told: list[Flowable] = [text("May drive" if sheet.may_drive else "Can't drive", HEADING)]
    told += [text(f"• {reason}") for reason in sheet.reasons]
    told += [text(f"• {restriction}") for restriction in sheet.restrictions]
    return told


def _index(sheet: Sheet, starts: Mapping[int, int]) -> Table:
    rows: list[list[Any]] = [[text(name, SMALL) for name in ("No.", "Requirement and file", "Dated", "Page", "Pages")]]
    rows += [_row(document, starts.get(document.number, 0)) for document in sheet.documents]
    return Table(rows, colWidths=[26, 330, 84, 40, 56], style=_ROWS, repeatRows=1, hAlign="LEFT")


def _row(document: SheetDocument, page: int) -> list[Any]:
    return [
        text(str(document.number)),
        [text(document.requirement, STRONG), text(document.file_name, SMALL), *_told(document)],
        text(day(document.obtained_on), SMALL),
        Paragraph(f'<a href="#document-{document.number}" color="#1a4f9c">{page}</a>', TEXT),
        text(str(len(document.sizes)) if document.problem is None else "not included", SMALL),
    ]


def _told(document: SheetDocument) -> list[Flowable]:
    told: list[Flowable] = [text(f"SHA-256 {document.sha256}", TINY)]
    if document.review == "pending":
        told.append(text("Waits for review by the carrier.", SMALL))
    if document.problem:
        told.append(text(document.problem, SMALL))
    return told


def status(sheet: Sheet) -> list[Flowable]:
    """Every requirement that applies, with its state, dates, sentence, arithmetic, citations and records."""
    told: list[Flowable] = [
        Mark("status", "Status of requirements"),
        text("Status of requirements", TITLE),
        text(f"As of {day(sheet.as_of)}. Every date is a calendar day; a deadline is still met on the day itself.", SMALL),
        Spacer(1, 6),
    ]
    for number, item in enumerate(sheet.items):
        told.append(Room(70))
        told.append(Mark(f"item-{number}", f"{item.title}: {STATES.get(item.state, item.state)}", 1))
        told += _item(item)
    if sheet.not_applicable:
        told += [text("Does not apply to this driver", HEADING), text("; ".join(sheet.not_applicable), SMALL)]
    return told


def _item(item: SheetItem) -> list[Flowable]:
    due = item.due_on if item.due_on != item.valid_until else None  # for a renewal they are one day
    dates = [f"due {day(due)}" if due else "", f"valid until {day(item.valid_until)}" if item.valid_until else ""]
    head = Table(
        [
            [
                text(item.title, STRONG),
                text(STATES.get(item.state, item.state), STRONG),
                text(", ".join(filter(None, dates)), SMALL),
            ]
        ],
        colWidths=[270, 90, 176],
        style=_ROWS,
        hAlign="LEFT",
    )
    body: list[Flowable] = [text(item.summary)]
    body += [text(f"– {step}", SMALL) for step in [*item.steps, *item.remarks]]
    if item.citations:
        body.append(text("Where it stands: " + "; ".join(item.citations), SMALL))
    return [head, *body, *(_record(record) for record in item.records), Spacer(1, 8)]


def _record(record: SheetRecord) -> Paragraph:
    words = [f"Record of {day(record.obtained_on)}"]
    if record.expires_on:
        words.append(f"printed end {day(record.expires_on)}")
    if record.outcome:
        words.append(f"result: {record.outcome.replace('_', ' ')}")
    words.append(
        {"roster": "from a roster", "upload": "with a document", "manual": "entered by hand"}.get(
            record.provenance, record.provenance
        )
    )
    if record.review == "pending":
        words.append("waits for review")
    said = escape(", ".join(words))
    if record.document is not None:
        said += f', <a href="#document-{record.document}" color="#1a4f9c">document {record.document}</a>'
    return Paragraph(f"• {said}", SMALL)


def stand_in(document: SheetDocument) -> list[Flowable]:
    """The page in place of a document that could not be included."""
    return [
        text(f"Document {document.number} is not included", TITLE),
        text(document.problem or "", TEXT),
        Spacer(1, 10),
        text(
            "The file itself is unchanged in the carrier's records; ask the carrier for it. It can be told by its SHA-256.", TEXT
        ),
        Spacer(1, 10),
        Table(
            [
                [text("File", SMALL), text(document.file_name)],
                [text("Requirement", SMALL), text(document.requirement)],
                [text("Dated", SMALL), text(day(document.obtained_on))],
                [text("Kind", SMALL), text(document.media_type)],
                [text("Size", SMALL), text(f"{document.size:,} bytes")],
                [text("SHA-256", SMALL), text(document.sha256, SMALL)],
            ],
            colWidths=[96, 440],
            style=_FACTS,
            hAlign="LEFT",
        ),
    ]
