"""The character encoding and the delimiter of a CSV file.

UTF-8 (with or without BOM) and UTF-16 with BOM are read. Anything else is refused and not guessed at: a wrong guess
would turn 'Muñoz' into 'MuÃ±oz' in a legal record, and nobody would notice before the audit.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dot_copilot.features.roster.errors import FileProblem, NotATable

_CHUNK = 1 << 20
DELIMITERS = ",;\t|"
MAX_LINE = 1_000_000
UTF8_HINT = "In Excel choose File, Save As, 'CSV UTF-8 (Comma delimited)'."


def check_text(path: Path) -> tuple[str, int]:
    """The Python codec of the file and its number of lines, every byte checked; `FileProblem` names the first wrong byte."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            codec, label = "utf-16", "UTF-16"
        else:
            codec, label = "utf-8-sig", "UTF-8"
        file.seek(0)
        decoder = codecs.getincrementaldecoder(codec)()
        lines = 1
        while chunk := file.read(_CHUNK):
            if codec == "utf-8-sig" and b"\0" in chunk:
                raise NotATable(_binary(lines + chunk[: chunk.index(0)].count(b"\n")))
            lines += _decode(decoder, chunk, label, lines)
        _decode(decoder, b"", label, lines, final=True)
    return codec, lines


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, label: str, line: int, *, final: bool = False) -> int:
    """Decodes to check; returns the number of line ends passed."""
    try:
        text = decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        wrong = error.object[error.start]
        line += error.object[: error.start].count(b"\n")
        guess = "It looks like Windows-1252, Excel's plain 'CSV'. " if label == "UTF-8" and wrong >= 0x80 else ""
        raise FileProblem(
            f"The file is not {label}: byte 0x{wrong:02X} in line {line} can't be read. {guess}{UTF8_HINT}"
        ) from None
    if "\0" in text:
        raise NotATable(_binary(line + text[: text.index("\0")].count("\n")))
    return text.count("\n")


def _binary(line: int) -> str:
    return f"The file holds binary data (a zero byte in line {line}), so it is not a CSV table. {UTF8_HINT}"


def open_text(path: Path, codec: str) -> io.TextIOWrapper:
    """The file as text, line ends untouched."""
    return path.open("r", encoding=codec, newline="")


def bounded_lines(file: io.TextIOWrapper) -> Iterator[str]:
    """Lines as the csv module wants them; one without end is refused before it fills the memory."""
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith(("\n", "\r")):
            raise FileProblem(f"Line {number} is longer than {MAX_LINE:,} characters: this is not a table with one driver a row.")
        yield line


def delimiter_of(path: Path, codec: str) -> str:
    """The delimiter that cuts the first 200 lines most evenly into the most cells; a comma if none does."""
    with open_text(path, codec) as file:
        sample = [line for line, _ in zip(bounded_lines(file), range(200), strict=False)]
    if sample and sample[0].lower().startswith("sep=") and len(sample[0].strip()) == 5:
        return sample[0][4]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _evenness(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _evenness(lines: list[str], delimiter: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if len(row) > 1:
                widths[len(row)] += 1
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / len(lines) * min(width, 50)
