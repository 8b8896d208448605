"""What can be wrong with evidence, a file, or a link to one."""

from __future__ import annotations

from dot_copilot.core.errors import (
    BadRequest,
    Conflict,
    FieldProblem,
    Invalid,
    NotFound,
    TooLarge,
    Unavailable,
    UnsupportedFile,
)

MAX_FILE_BYTES = 25 * 1024 * 1024
ACCEPTED = "Send a PDF, or a photo as JPEG, PNG, WebP or HEIC, of at most 25 MB"


class EvidenceNotFound(NotFound):
    slug, title = "evidence-not-found", "There is no such evidence"

    def __init__(self) -> None:
        super().__init__("No evidence with this id is within your reach.")


class DocumentNotFound(NotFound):
    slug, title = "document-not-found", "There is no such document"

    def __init__(self) -> None:
        super().__init__("No document with this id is within your reach.")


class DocumentRejected(NotFound):
    slug, title = "document-rejected", "The stored file is not what was sent"

    def __init__(self) -> None:
        super().__init__("The file in the store differs from the one that was sent, so it is locked. Upload it again.")


class LinkInvalid(NotFound):
    slug, title = "link-invalid", "This link has run out"

    def __init__(self) -> None:
        super().__init__("A link to a document is good for five minutes. Open the document again to get a new one.")


class EvidenceSettled(Conflict):
    slug, title = "evidence-settled", "This evidence is settled already"


class InvalidEvidence(Invalid):
    slug, title = "invalid", "Some of what was sent is not valid"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"Check {field}: {problem}. Nothing was saved.", errors=[FieldProblem(field=field, problem=problem)])


class BodyUnreadable(BadRequest):
    slug, title = "bad-request", "The request can't be understood"


class FileTooLarge(TooLarge):
    slug, title = "too-large", "The file is too large"

    def __init__(self) -> None:
        super().__init__(f"{ACCEPTED}. Nothing was saved: scan it in grey or with fewer dots per inch, or send its pages apart.")


class FileRefused(UnsupportedFile):
    """`found` says what the content is: "is a Windows program"."""

    slug, title = "unsupported-file", "This kind of file is not accepted"

    def __init__(self, file_name: str, found: str) -> None:
        super().__init__(f"'{file_name}' {found}, whatever its name says. {ACCEPTED}. Nothing was saved.")


class StorageUnavailable(Unavailable):
    slug, title = "unavailable", "The document store is not answering"

    def __init__(self) -> None:
        super().__init__(
            "The document store is not answering. Nothing was saved; try again in a minute.", headers={"Retry-After": "10"}
        )
