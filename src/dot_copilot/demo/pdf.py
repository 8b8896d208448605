"""One-page PDFs (ISO 32000), drawn with the standard fonts: no library, a kilobyte or two each."""

from __future__ import annotations

from collections.abc import Sequence

_FOOT = "Made up for a demonstration of DOT-Copilot. Nobody named here exists."
_LEFT, _TOP, _LINE = 54, 640, 34


def _shown(text: str) -> bytes:
    plain = text.replace("–", "-").replace("’", "'").encode("cp1252", "replace")
    return plain.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")


def _text(x: int, y: int, size: int, text: str, *, font: str = "F1", grey: float = 0.1) -> bytes:
    return b"BT %.2f g /%s %d Tf %d %d Td (%s) Tj ET\n" % (grey, font.encode(), size, x, y, _shown(text))


def _page(title: str, subtitle: str, fields: Sequence[tuple[str, str]]) -> bytes:
    drawn = b"0.13 0.16 0.20 rg 0 712 612 80 re f\n" + b"0.95 0.66 0.10 rg 0 706 612 6 re f\n"
    drawn += _text(_LEFT, 752, 20, title, font="F2", grey=1) + _text(_LEFT, 730, 11, subtitle, grey=0.85)
    for place, (label, value) in enumerate(fields):
        y = _TOP - place * _LINE
        drawn += _text(_LEFT, y, 9, label.upper(), grey=0.45) + _text(_LEFT + 190, y, 12, value, font="F2")
        drawn += b"0.85 G 0.5 w %d %d m 558 %d l S\n" % (_LEFT, y - 10, y - 10)
    return drawn + _text(_LEFT, 40, 9, _FOOT, grey=0.45)


def certificate(title: str, subtitle: str, fields: Sequence[tuple[str, str]]) -> bytes:
    """A letter-size page with a heading and labelled values."""
    content = _page(title, subtitle, fields)
    font = b"<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont /%s >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-US) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font % b"Helvetica",
        font % b"Helvetica-Bold",
    ]
    out, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return out + head + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
