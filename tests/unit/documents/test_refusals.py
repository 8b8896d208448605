"""Each sentence with which a file is refused has one stable word, so that pages can say it in the reader's language."""

from __future__ import annotations

import ast
import inspect as sources
from collections.abc import Iterator
from types import ModuleType

import pytest

from dot_copilot.features.documents import checking, files, inspection
from dot_copilot.features.documents.bounded import pdf as bounded_pdf
from dot_copilot.features.documents.errors import FileRefused
from dot_copilot.features.documents.inspection import archive, images, pdf, video
from dot_copilot.features.documents.refusals import CODES, code_of

MODULES = (archive, bounded_pdf, checking, files, images, inspection, pdf, video)
BEGINNINGS = ("is ", "has ", "begins ", "holds ", "arrived ", "differs ")


def sentences(module: ModuleType) -> Iterator[str]:
    """What a module says of files, with an X where a value stands."""
    inner = set()
    for node in ast.walk(ast.parse(sources.getsource(module))):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in node.values}
            yield "".join(part.value if isinstance(part, ast.Constant) else "9" for part in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value


SAID = sorted({said for module in MODULES for said in sentences(module) if said.startswith(BEGINNINGS) and "\n" not in said})


def test_the_sentences_are_found() -> None:
    assert len(SAID) > 35
    assert "is HTML, SVG or XML" in SAID


@pytest.mark.parametrize("said", [said for said in SAID if not said.startswith("is a PDF with 9 in it")])
def test_every_sentence_has_its_word(said: str) -> None:
    assert code_of(said) not in (None, "other")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("is a PDF with a script in it; print it to a new PDF, and send that one", "script"),
        ("is a PDF with a command that starts programs in it; print it", "command"),
        ("is a PDF with another file in it; print it", "attachment"),
        ("is a PDF with too many parts in it; print it", "complicated"),
        ("is a script", "program"),
        ("is a ZIP archive or an Office document", "office"),
        ("is a ZIP archive", "archive"),
        ("has 10,000 pages, and 1,000 at most are taken; send those that matter", "too_many_pages"),
        ("holds a virus (Eicar-Test-Signature); clean the machine it comes from", "virus"),
        ("was refused", "other"),
        (None, None),
    ],
)
def test_what_a_word_stands_for(said: str | None, code: str | None) -> None:
    assert code_of(said) == code


def test_a_refusal_carries_it_beside_the_sentence() -> None:
    body = FileRefused("card.svg", "is HTML, SVG or XML").body()
    assert (body["code"], body["type"].rpartition("/")[2]) == ("markup", "unsupported-file")
    assert "markup" in CODES
