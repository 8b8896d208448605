"""The file behind a piece of demo evidence: its name and its bytes."""

from __future__ import annotations

from datetime import date

from dot_copilot.demo.drawer import Piece
from dot_copilot.demo.pdf import certificate
from dot_copilot.demo.people import Person
from dot_copilot.demo.png import card

_TITLES = {
    "mec": ("Medical Examiner's Certificate", "Form MCSA-5876"),
    "mec_12": ("Insulin-Treated Diabetes Assessment", "Form MCSA-5870"),
    "mec_cdlis": ("CDLIS Motor Vehicle Record", "Medical certification status"),
    "cdl": ("Commercial Driver License", "Copy of the license"),
    "hm_train": ("Hazmat Training Record", "49 CFR 172.704"),
    "da_policy": ("Drug and Alcohol Policy", "Signed receipt"),
}
_FILE_NAMES = {
    "mec": "medical-card",
    "mec_12": "mcsa-5870",
    "mec_cdlis": "cdlis-record",
    "cdl": "cdl",
    "hm_train": "hazmat-training",
    "da_policy": "policy-receipt",
}


def _day(day: date | None) -> str:
    return day.strftime("%b %d, %Y") if day else "-"


def paper(person: Person, piece: Piece, carrier: str) -> tuple[str, bytes]:
    """A file name and a PDF or PNG that says what `piece` says."""
    title, subtitle = _TITLES[piece.requirement]
    if piece.requirement == "mec_12" and person.profile["vision_alternative"]:
        title, subtitle = "Vision Evaluation Report", "Form MCSA-5871"
    fields = [
        ("Name", f"{person.first_name} {person.last_name}"),
        ("Date of birth", _day(person.date_of_birth)),
        ("License", f"{person.profile.get('cdl_state', '-')} {person.profile.get('cdl_number', '')}".strip()),
        ("Date", _day(piece.obtained_on)),
        ("Expires", _day(piece.expires_on)),
        ("Carrier", carrier),
    ]
    if piece.outcome:
        fields.append(("Result", piece.outcome))
    name = f"{_FILE_NAMES[piece.requirement]}-{person.last_name.lower()}-{piece.obtained_on.isoformat()}"
    if piece.paper == "png":
        return f"{name}.png", card(title, fields)
    return f"{name}.pdf", certificate(title, subtitle, fields)
