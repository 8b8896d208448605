"""The streamed archive is one that every reader opens, however large it is."""

from __future__ import annotations

import asyncio
import io
import shutil
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from dot_copilot.features.packets import archive

pytestmark = pytest.mark.asyncio


def entry(name: str, content: bytes) -> archive.Entry:
    async def begin() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 7):
            yield content[at : at + 7]

    return archive.Entry(name, len(content), zlib.crc32(content), begin)


async def whole(entries: list[archive.Entry]) -> bytes:
    return b"".join([chunk async for chunk in archive.stream(entries)])


FILES = [entry("0001 Nguyễn Şahin.pdf", b"%PDF one"), entry("originals/0001/a.jpg", b""), entry("index.csv", b"a,b\r\n" * 50)]


async def test_names_and_bytes_come_back_and_nothing_is_deflated() -> None:
    with zipfile.ZipFile(io.BytesIO(await whole(FILES))) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [file.name for file in FILES]
        assert opened.read("index.csv") == b"a,b\r\n" * 50
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


async def test_its_length_is_known_before_and_its_bytes_are_the_same_each_time() -> None:
    first, second = await whole(FILES), await whole(FILES)
    assert first == second
    assert len(first) == archive.length_of(FILES)


@pytest.mark.skipif(shutil.which("unzip") is None, reason="Info-ZIP's unzip is not on this machine")
async def test_info_zip_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "packet.zip").write_bytes(await whole(FILES))
    done = await asyncio.create_subprocess_exec("unzip", "-tq", str(tmp_path / "packet.zip"))
    assert await done.wait() == 0


async def test_a_file_that_changed_meanwhile_is_noticed() -> None:
    honest = entry("a", b"1234")
    for changed in (archive.Entry("a", 4, honest.crc32 ^ 1, honest.open), archive.Entry("a", 5, honest.crc32, honest.open)):
        with pytest.raises(archive.ArchiveDamaged):
            await whole([changed])


@pytest.mark.parametrize("limits", [("_LIMIT", 40), ("_ENTRIES", 2)])
async def test_beyond_the_old_limits_zip64_takes_over(monkeypatch: pytest.MonkeyPatch, limits: tuple[str, int]) -> None:
    """Tried with small limits: 4 GB and 65,535 entries are the real ones."""
    monkeypatch.setattr(archive, *limits)
    content = await whole(FILES)
    assert b"PK\x06\x06" in content
    assert len(content) == archive.length_of(FILES)


async def test_an_archive_beyond_four_gigabytes_is_read_by_others(tmp_path: Path) -> None:
    """Sparse: the zeros of two entries of 2.5 GB are skipped over in the file, not written."""
    size = 5 * (1 << 29)
    crc = _crc_of_zeros(size)

    def zeros() -> Callable[[], AsyncIterator[bytes]]:
        async def begin() -> AsyncIterator[bytes]:
            chunk = bytes(1 << 26)
            for _ in range(size >> 26):
                yield chunk

        return begin

    entries = [archive.Entry(f"{n}.bin", size, crc, zeros()) for n in range(2)] + [entry("last.txt", b"the end")]
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        async for chunk in archive.stream(entries):
            if len(chunk) == 1 << 26:
                file.seek(len(chunk), 1)
            else:
                file.write(chunk)
    assert path.stat().st_size == archive.length_of(entries) > 1 << 32
    with zipfile.ZipFile(path) as opened:
        assert [info.file_size for info in opened.infolist()] == [size, size, 7]
        assert opened.read("last.txt") == b"the end"
        with opened.open("1.bin") as part:
            assert part.read(16) == bytes(16)


def _crc_of_zeros(size: int) -> int:
    crc, chunk = 0, bytes(1 << 26)
    for _ in range(size >> 26):
        crc = zlib.crc32(chunk, crc)
    return crc


async def test_the_local_header_of_a_small_file_needs_no_zip64() -> None:
    content = await whole([entry("a", b"1")])
    assert struct.unpack_from("<H", content, 4) == (20,)
