"""What is sealed comes back as it was with its key, and anything else is refused."""

from __future__ import annotations

import io
import json
import secrets

import pytest

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.sealing import CHUNK, Keys, Reader, inflated, seal, unseal

HEADER, SEALED_CHUNK = 6 + 8 + 32, CHUNK + 16


def some_keys(*ids: str) -> Keys:
    return Keys.parse(json.dumps([{"id": name, "key": secrets.token_hex(32)} for name in ids or ("00000001",)]))


def sealed(content: bytes, keys: Keys, name: str = "base") -> bytes:
    out = io.BytesIO()
    seal([content], out, keys, name)
    return out.getvalue()


def opened(raw: bytes, keys: Keys, name: str = "base") -> bytes:
    return b"".join(unseal(io.BytesIO(raw), keys, name))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_any_size_comes_back(size: int) -> None:
    keys, content = some_keys(), secrets.token_bytes(size)
    assert opened(sealed(content, keys), keys) == content


def test_the_same_content_is_never_sealed_the_same_way() -> None:
    keys = some_keys()
    assert sealed(b"twice", keys) != sealed(b"twice", keys)


def test_nothing_of_the_content_is_to_be_seen() -> None:
    assert b"Rosa Delgado" not in sealed(b"Rosa Delgado" * 100, some_keys())


@pytest.mark.parametrize("at", [0, 7, 20, HEADER, HEADER + CHUNK, -1])
def test_a_bit_changed_anywhere_is_noticed(at: int) -> None:
    keys = some_keys()
    raw = bytearray(sealed(secrets.token_bytes(2 * CHUNK + 5), keys))
    raw[at] ^= 1
    with pytest.raises(BackupError, match="base is"):
        opened(bytes(raw), keys)


@pytest.mark.parametrize("kept", [0, HEADER - 1, HEADER, HEADER + SEALED_CHUNK, HEADER + 2 * SEALED_CHUNK, -1])
def test_a_file_cut_off_anywhere_is_noticed(kept: int) -> None:
    keys = some_keys()
    with pytest.raises(BackupError):
        opened(sealed(secrets.token_bytes(2 * CHUNK + 5), keys)[:kept], keys)


def test_chunks_cannot_change_places() -> None:
    keys = some_keys()
    raw = sealed(secrets.token_bytes(3 * CHUNK), keys)
    first, second = (raw[HEADER + n * SEALED_CHUNK : HEADER + (n + 1) * SEALED_CHUNK] for n in (0, 1))
    with pytest.raises(BackupError, match="chunk 1"):
        opened(raw[:HEADER] + second + first + raw[HEADER + 2 * SEALED_CHUNK :], keys)


def test_no_file_passes_for_another() -> None:
    keys = some_keys()
    with pytest.raises(BackupError, match="not genuine"):
        opened(sealed(b"yesterday", keys, "000000010000000000000001"), keys, "000000010000000000000002")


def test_another_key_of_the_same_name_does_not_open_it() -> None:
    with pytest.raises(BackupError, match="not genuine"):
        opened(sealed(b"secret", some_keys()), some_keys())


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(BackupError, match="sealed with the key 00000001, and the keys given are 00000002"):
        opened(sealed(b"secret", some_keys("00000001")), some_keys("00000002"))


def test_after_a_rotation_the_new_key_seals_and_the_old_one_opens() -> None:
    old = some_keys("00000001")
    both = Keys("00000002", {**some_keys("00000002").by_id, **old.by_id})
    assert opened(sealed(b"before", old), both) == b"before"
    assert b"00000002" in sealed(b"after", both)[:HEADER]


def test_the_keys_of_the_log_open_the_log_only() -> None:
    keys = some_keys()
    with pytest.raises(BackupError):
        opened(sealed(b"a secret", keys), keys.of_log())
    assert keys.of_log() == Keys.parse(keys.of_log().text())


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "{}", '[{"id": "00000001", "key": "00"}]', '[{"id": "1", "key": "%s"}]' % ("0" * 64)]
)
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    with pytest.raises(BackupError, match="this is no recovery key"):
        Keys.parse(text)


def test_a_reader_gives_a_line_and_then_the_rest_in_any_portions() -> None:
    reader = Reader(iter([b"he", b"ad\nbo", b"dy", b" and more"]))
    assert reader.line() == b"head"
    assert [reader.read(3), reader.read(100), reader.read(1)] == [b"bod", b"y and more", b""]


def test_what_inflates_to_much_comes_in_small_pieces() -> None:
    import zlib

    pieces = list(inflated(iter([zlib.compress(b"\0" * 10 * CHUNK)])))
    assert sum(map(len, pieces)) == 10 * CHUNK
    assert max(map(len, pieces)) <= CHUNK
