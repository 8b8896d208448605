"""Words with a fixed meaning: yes and no, licence classes, endorsements, employment status."""

from __future__ import annotations

import re

from dot_copilot.features.roster.values.problem import ValueProblem

_YES = frozenset(["yes", "y", "true", "t", "1", "x", "si", "sí", "s", "verdadero", "✓", "✔", "☑", "interstate", "interestatal"])
_NO = frozenset(["no", "n", "false", "f", "0", "falso", "✗", "☐", "intrastate", "intraestatal"])
_ACTIVE = frozenset(
    """a, active, act, activo, activa, employed, current, hired, available, driving, on duty, leave, on leave, loa,
    leave of absence, medical leave, fmla, suspended, new hire, yes, true, y""".replace("\n    ", " ").split(", ")
)
_GONE = frozenset(
    """t, i, term, termed, terminated, inactive, deactivated, separated, quit, resigned, retired, deceased, former, fired,
    discharged, laid off, inactivo, inactiva, baja, cesado, no, false, n""".replace("\n    ", " ").split(", ")
)
_ENDORSEMENT_WORDS = {
    "hazmat": "H", "haz mat": "H", "hazardous materials": "H", "hazardous": "H", "hm": "H", "hme": "H",
    "tank": "N", "tanker": "N", "tank vehicle": "N", "tank vehicles": "N", "tankers": "N",
    "passenger": "P", "passengers": "P", "bus": "P", "school bus": "S", "school": "S",
    "doubles": "T", "triples": "T", "double": "T", "triple": "T", "doubles triples": "T", "double triple": "T", "dbl tpl": "T",
    "tanker hazmat": "X", "hazmat tanker": "X", "tank hazmat": "X", "hazmat tank": "X", "combination": "X",
    "motorcycle": "M",
}  # fmt: skip
_FILLER = re.compile(r"\b(endorsements?|end|and|y|with|cdl)\b")


def parse_yes_no(text: str) -> bool:
    """Yes or no, in English or Spanish, by word, letter, number or tick."""
    word = text.lower().strip(" .")
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueProblem("Write yes or no. Leave the cell empty when it is not known.")


def parse_cdl_class(text: str) -> str:
    """'A', 'B', 'C', or 'none' for a licence that is not commercial."""
    plain = re.sub(r"[^a-z]+", " ", text.lower()).strip()
    if re.search(r"\b(clp|permit|learner)\b", plain):
        raise ValueProblem("A learner's permit has its own column 'CLP' (yes or no). Write the class alone here: A, B or C.")
    if re.search(r"\bnon\b|\bnoncdl\b|\bnone\b|\bno\b|\bregular\b|\boperator\b", plain):
        return "none"
    rest = re.sub(r"\b(commercial|driver s|drivers|license|licence|class|clase|cdl|type|tipo)\b", " ", plain).split()
    if len(rest) == 1:
        letter = rest[0].removeprefix("cdl").upper()
        if letter in ("A", "B", "C"):
            return letter
        if letter in ("D", "E", "O", "R"):  # what states call their ordinary licence
            return "none"
    raise ValueProblem("This is not a CDL class. Write A, B, C, or 'none' for a driver without a CDL.")


def parse_endorsements(text: str) -> list[str]:
    """Letters of H, N, P, S, T, X in that order, from letters or words; 'none' gives none. M (motorcycle) is passed over."""
    plain = text.lower().strip()
    if plain in ("none", "no", "0", "ninguno", "ninguna"):
        return []
    found: set[str] = set()
    for part in re.split(r"[,;/|+&\n]+| - ", plain):
        found |= _of_part(" ".join(_FILLER.sub(" ", re.sub(r"[^a-z]+", " ", part)).split()))
    found.discard("M")
    return [letter for letter in "HNPSTX" if letter in found]


def _of_part(part: str) -> set[str]:
    if not part:
        return set()
    if part in _ENDORSEMENT_WORDS:
        return {_ENDORSEMENT_WORDS[part]}
    words = part.split()
    if all(set(word) <= set("hnpstxm") for word in words):
        return set("".join(words).upper())
    # "H hazmat", "N tank vehicle": the letter, then its name.
    if len(words) > 1 and words[0] in "hnpstx" and " ".join(words[1:]) in _ENDORSEMENT_WORDS:
        return {words[0].upper()}
    found = {_ENDORSEMENT_WORDS[word] for word in words if word in _ENDORSEMENT_WORDS}
    if len([word for word in words if word in _ENDORSEMENT_WORDS]) == len(words):
        return found
    raise ValueProblem("These are not endorsements. Write the letters H, N, P, S, T, X, such as 'H, N', or 'none'.")


def parse_status(text: str) -> str:
    """'active' or 'terminated'."""
    word = " ".join(re.sub(r"[^\w]+", " ", text.lower()).split())
    if word in _ACTIVE:
        return "active"
    if word in _GONE:
        return "terminated"
    raise ValueProblem("Write active or terminated, or take this column out of the import.")
