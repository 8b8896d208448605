"""Opens a workbook's archive without trusting it: sizes before contents, no DTD, no entity."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dot_copilot.features.roster.errors import FileProblem, NotATable

MAX_ENTRIES = 2_000
MAX_TOTAL_BYTES = 768 << 20  # all parts unpacked; 100,000 drivers with 40 columns are about 200 MB
MAX_SMALL_PART = 8 << 20  # parts read as a whole: workbook, relations, styles
MAX_RATIO = 200  # honest sheets pack 10 to 60 times, a bomb 1,000 times
RATIO_FROM = 8 << 20  # a small part may be as dense as it likes
_DAMAGED = "The workbook is damaged ({reason}). Open it in Excel, save it again as .xlsx, and try again."


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The checked archive. `FileProblem` for a bomb, a password or damage, there or while it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, KeyError) as error:
        raise FileProblem(_DAMAGED.format(reason=type(error).__name__)) from None
    except RuntimeError as error:
        if "encrypted" in str(error) or "password" in str(error):
            raise NotATable("The archive is protected by a password. Save the workbook without one.") from None
        raise
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise FileProblem(_DAMAGED.format(reason="its compressed data is broken")) from None
        raise


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise NotATable(
            f"The workbook holds {len(entries):,} parts; a roster has a few dozen. Copy the drivers into a new workbook."
        )
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        raise NotATable(
            f"The workbook unpacks to {total >> 20:,} MB, more than the {MAX_TOTAL_BYTES >> 20} MB that are read. "
            "Delete sheets that are not the roster, or save the roster as CSV UTF-8."
        )
    for entry in entries:
        ratio = entry.file_size // max(entry.compress_size, 1)
        if entry.file_size > RATIO_FROM and ratio >= MAX_RATIO:
            raise NotATable(
                f"The workbook's part '{entry.filename[:60]}' unpacks to {ratio:,} times "
                "its size, as a zip bomb does. Copy the drivers into a new workbook, or save them as CSV UTF-8."
            )


def entry_named(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """The entry of that name, letter case aside, as some exporters write it."""
    wanted = name.lstrip("/").lower()
    for entry in archive.infolist():
        if entry.filename.replace("\\", "/").lstrip("/").lower() == wanted:
            return entry
    return None


def open_part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A part as a stream; `FileProblem` if it is not there."""
    entry = entry_named(archive, name)
    if entry is None:
        raise FileProblem(_DAMAGED.format(reason=f"'{name[:60]}' is missing"))
    return archive.open(entry)


def small_xml(archive: zipfile.ZipFile, name: str) -> Element | None:
    """A small part as a tree (no DTD, no entities), or None when there is no such part."""
    entry = entry_named(archive, name)
    if entry is None:
        return None
    if entry.file_size > MAX_SMALL_PART:
        raise NotATable(f"The workbook's part '{name[:60]}' is unreasonably large. Copy the drivers into a new workbook.")
    with archive.open(entry) as part:
        data = part.read()
    try:
        tree: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise NotATable(DTD) from None
    except (ParseError, ValueError):
        raise FileProblem(_DAMAGED.format(reason=f"'{name[:60]}' is not XML")) from None
    return tree


DTD = "The workbook contains XML entity definitions, which no spreadsheet program writes. It is not opened."
BROKEN_XML = _DAMAGED.format(reason="a sheet is not well-formed XML")


def local(tag: str) -> str:
    """A tag's or attribute's name without its namespace."""
    return tag.rpartition("}")[2]
