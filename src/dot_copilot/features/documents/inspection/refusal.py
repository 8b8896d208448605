"""Why a file is not taken."""

from __future__ import annotations


class Refused(Exception):
    """`found` continues a sentence that begins with the file's name: "is a Windows program"."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found
