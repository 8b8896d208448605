"""Why a document can't be put on pages."""

from __future__ import annotations


class NotPrintable(Exception):
    """`why` is a whole sentence for the page that stands in for the document."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
