"""A packet's code: 60 random bits that people read out, and a check letter that finds a slip of the tongue.

Crockford's base 32 has no I, L, O and U; what people write instead is understood. The thirteenth letter is Luhn's check mod 32:
it finds every single wrong letter, and all swaps of neighbours but one pair (0 and Z).
"""

from __future__ import annotations

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "–": "", ".": ""})


def new_code() -> str:
    """Thirteen letters, without the dashes that people see."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return letters + check_letter(letters)


def check_letter(letters: str) -> str:
    """Luhn mod N (ISO/IEC 7812-1, generalised): from the right, every other letter counts twice."""
    total = 0
    for place, letter in enumerate(reversed(letters)):
        value = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += value // len(ALPHABET) + value % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def shown(code: str) -> str:
    """As it is printed: `K7QF-2M9X-4TRD-C`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def understood(written: str) -> str | None:
    """The code that somebody wrote; None when it can't be one."""
    code = written.strip().upper().translate(_HEARD)
    if len(code) != _LENGTH + 1 or any(letter not in ALPHABET for letter in code):
        return None
    return code if check_letter(code[:-1]) == code[-1] else None
