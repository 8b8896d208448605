"""Sealed files: AES-256-GCM in chunks, so that any size goes through little memory and a change anywhere is noticed.

A file is `magic, key id (8), salt (32)` and then chunks of 1 MiB, each with its tag (16). Every file has a key of its own,
derived from the backup key and the salt (HKDF, RFC 5869). A chunk's nonce is its number and whether it is the last: chunks
can't be left out, repeated, put in another order or cut off at the end (the STREAM construction of Hoang et al., 2015). The
header and the file's name within the backup are authenticated with each, so that no file passes for another.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dot_copilot.backup.errors import BackupError

MAGIC = b"DOTB1\n"
CHUNK = 1 << 20
_ID, _SALT, _TAG = 8, 32, 16
_HEADER = len(MAGIC) + _ID + _SALT


@dataclass(frozen=True, slots=True)
class Keys:
    """Backup keys by id. `newest` seals; all of them open, so that a rotation keeps old backups readable."""

    newest: str
    by_id: Mapping[str, bytes]

    @classmethod
    def parse(cls, text: str) -> Keys:
        """From the secret `backup_keys`, a JSON list of {id, key} with the newest first; BackupError if it is not that."""
        try:
            found = {str(one["id"]): bytes.fromhex(one["key"]) for one in json.loads(text)}
            if not found or any(len(key) != 32 or len(name) != _ID for name, key in found.items()):
                raise ValueError(text[:0])
        except (ValueError, TypeError, KeyError):
            raise BackupError("this is no recovery key; 'dot-copilot backup recovery-key' prints one") from None
        return cls(next(iter(found)), found)

    def text(self) -> str:
        """What `parse` reads."""
        return json.dumps([{"id": name, "key": key.hex()} for name, key in self.by_id.items()])

    def of_log(self) -> Keys:
        """The keys of the log of changes, derived from these: PostgreSQL's user has them, and they open nothing else."""
        return Keys(self.newest, {name: derived(key, b"", b"log") for name, key in self.by_id.items()})

    def of(self, key_id: str, name: str) -> bytes:
        """The key a file was sealed with."""
        try:
            return self.by_id[key_id]
        except KeyError:
            raise BackupError(
                f"{name} is sealed with the key {key_id}, and the keys given are {', '.join(self.by_id)}; "
                "it takes the recovery key of the home that made this backup"
            ) from None


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose."""
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def seal(pieces: Iterable[bytes], out: BinaryIO, keys: Keys, name: str) -> tuple[str, int]:
    """Writes the sealed form of `pieces` to `out`; returns its SHA-256 in hexadecimal and its size in bytes."""
    salt = secrets.token_bytes(_SALT)
    header = MAGIC + keys.newest.encode() + salt
    cipher = AESGCM(derived(keys.by_id[keys.newest], salt, b"file"))
    bound, digest = header + name.encode(), hashlib.sha256(header)
    out.write(header)
    size, number, waiting = len(header), 0, bytearray()

    def write(data: bytes, last: bool) -> int:
        sealed = cipher.encrypt(_nonce(number, last), data, bound)
        digest.update(sealed)
        out.write(sealed)
        return len(sealed)

    for piece in pieces:
        waiting += piece
        while len(waiting) > CHUNK:
            size += write(bytes(waiting[:CHUNK]), False)
            del waiting[:CHUNK]
            number += 1
    size += write(bytes(waiting), True)
    return digest.hexdigest(), size


def unseal(stream: BinaryIO, keys: Keys, name: str) -> Iterator[bytes]:
    """The contents, chunk by chunk, each only after it was found genuine. BackupError for anything else."""
    header = stream.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise BackupError(f"{name} is not a file of a backup, or its beginning is missing")
    key_id = header[len(MAGIC) : len(MAGIC) + _ID].decode("ascii", "replace")
    cipher = AESGCM(derived(keys.of(key_id, name), header[-_SALT:], b"file"))
    number, chunk = 0, stream.read(CHUNK + _TAG)
    while True:
        following = stream.read(CHUNK + _TAG) if len(chunk) == CHUNK + _TAG else b""
        try:
            yield cipher.decrypt(_nonce(number, not following), chunk, header + name.encode())
        except (InvalidTag, ValueError):
            raise BackupError(
                f"{name} is damaged, cut off or not genuine at chunk {number + 1}; take another backup or copy of it"
            ) from None
        if not following:
            return
        number, chunk = number + 1, following


class Reader:
    """Pieces as a stream to read from, such as `tarfile` and the client of the blob store want one."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, bytearray()

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; all there are for -1."""
        while (size < 0 or len(self._rest) < size) and (piece := next(self._pieces, None)) is not None:
            self._rest += piece
        wanted = len(self._rest) if size < 0 else size
        result = bytes(self._rest[:wanted])
        del self._rest[:wanted]
        return result

    def line(self) -> bytes:
        """Up to the first line feed, which is taken away."""
        while b"\n" not in self._rest and (piece := next(self._pieces, None)) is not None:
            self._rest += piece
        head, _, self._rest = self._rest.partition(b"\n")
        return bytes(head)


def inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What zlib made small, piece by piece and never more than a mebibyte at once."""
    inflate = zlib.decompressobj()
    for piece in pieces:
        waiting = piece
        while waiting:
            yield inflate.decompress(waiting, CHUNK)
            waiting = inflate.unconsumed_tail
    yield inflate.flush()
