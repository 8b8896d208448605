"""Ranks tools by a question, with BM25 (Robertson and Zaragoza 2009) over weighted fields."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Any

from msgspec import Struct

from dot_copilot.mcp.gateway.catalogue.entries import Entry

_WORD = re.compile(r"[a-z]+|[0-9]+")
_CAMEL = re.compile(r"([a-z0-9])([A-Z])")
_K1, _B = 1.2, 0.6
# A word counts as often as its field weighs: a name says more than a description.
_WEIGHTS = (("name", 4), ("title", 3), ("description", 1), ("arguments", 1))
_STOP_WORDS = "a an and are as at be by for from get has how i in is it its me my of on or that the this to use want what with"
_STOP = frozenset(_STOP_WORDS.split())


class _Document(Struct):
    entry: Entry
    words: Counter[str]
    length: int


def words(text: str) -> list[str]:
    """The stems of a text: split at case and punctuation, lower case, plural and -ing endings off, stop words out."""
    found = _WORD.findall(_CAMEL.sub(r"\1 \2", text).lower())
    return [_stem(word) for word in found if word not in _STOP]


def _stem(word: str) -> str:
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) > 3 else word


def _fields(entry: Entry) -> dict[str, str]:
    definition = entry.definition
    schema: Any = definition.get("inputSchema")
    properties: Any = schema.get("properties") if isinstance(schema, dict) else None
    return {
        "name": entry.public,
        "title": str(definition.get("title") or ""),
        "description": str(definition.get("description") or "")[:4000],
        "arguments": " ".join(properties) if isinstance(properties, dict) else "",
    }


class Index:
    """An index over tools; made once a catalogue version."""

    def __init__(self, entries: list[Entry]) -> None:
        self._documents = [_document(entry) for entry in entries]
        self._average = sum(document.length for document in self._documents) / max(1, len(self._documents)) or 1.0
        self._holders = Counter(word for document in self._documents for word in document.words)

    def search(self, query: str) -> list[tuple[float, Entry]]:
        """Entries that share a word with the query, best first; all of them in their order when the query is empty."""
        asked = list(dict.fromkeys(words(query)))
        if not asked:
            return [(0.0, document.entry) for document in self._documents]
        exact = query.strip().lower()
        scored = []
        for place, document in enumerate(self._documents):
            score = sum(self._score(word, document) for word in asked)
            if document.entry.public.lower() == exact:
                score += 1000.0
            if score > 0:
                scored.append((-score, place, document.entry))
        return [(-score, entry) for score, _, entry in sorted(scored, key=lambda one: one[:2])]

    def _score(self, word: str, document: _Document) -> float:
        often: float = document.words.get(word, 0)
        if not often and len(word) >= 4:  # half a word still finds the whole one, for less
            often = sum(count for known, count in document.words.items() if known.startswith(word)) / 2
        if not often:
            return 0.0
        holders = self._holders.get(word) or 1
        rarity = math.log(1 + (len(self._documents) - holders + 0.5) / (holders + 0.5))
        return rarity * often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * document.length / self._average))


def _document(entry: Entry) -> _Document:
    fields, counted = _fields(entry), Counter[str]()
    for name, weight in _WEIGHTS:
        for word in words(fields[name]):
            counted[word] += weight
    return _Document(entry, counted, sum(counted.values()))
