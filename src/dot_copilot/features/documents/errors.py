"""What can be wrong with evidence, a file, or a link to one."""

from __future__ import annotations

from dot_copilot.core.errors import (
    BadRequest,
    Conflict,
    FieldProblem,
    Invalid,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedFile,
)
from dot_copilot.features.documents.refusals import code_of

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
    slug, title = "document-rejected", "This file is locked"

    def __init__(self, because: str | None = None) -> None:
        found = because or "differs in the store from the one that was sent"
        super().__init__(f"The file {found}, so it is locked. Upload it again.")


class LinkInvalid(NotFound):
    slug, title = "link-invalid", "This link has run out"

    def __init__(self) -> None:
        super().__init__("A link to a document is good for five minutes. Open the document again to get a new one.")


class UploadLinkInvalid(NotFound):
    slug, title = "link-invalid", "This link has run out"

    def __init__(self) -> None:
        super().__init__("A link that takes a document is good for fifteen minutes. Nothing was saved; ask for a new one.")


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
        self.code = "too_large"


class FileTooLargeForKind(TooLarge):
    """`kind` is "photo", "pdf" or "video"; `most` in MB."""

    slug, title = "too-large", "The file is too large"

    def __init__(self, kind: str, most: int) -> None:
        names = {"photo": "A photo", "pdf": "A PDF", "video": "A film"}
        advice = {
            "photo": "take it with fewer megapixels, or send a PDF",
            "pdf": "scan it in grey or with fewer dots per inch, or send its pages apart",
            "video": "cut it to the part that matters, or record it with a lower resolution",
        }
        super().__init__(f"{names[kind]} may have {most} MB at most: {advice[kind]}. Nothing was saved.")
        self.code = "too_large"


class FileRefused(UnsupportedFile):
    """`found` says what the content is: "is a Windows program"."""

    slug, title = "unsupported-file", "This kind of file is not accepted"

    def __init__(self, file_name: str, found: str) -> None:
        super().__init__(f"'{file_name}' {refusal(found)} Nothing was saved.")
        self.code = code_of(found)


def refusal(found: str) -> str:
    """A refusal as a sentence without its beginning, which is the file's name. One that says what to do needs no more advice."""
    return f"{found}." if ";" in found else f"{found}, whatever its name says. {ACCEPTED}."


class UploadNotFound(NotFound):
    slug, title = "upload-not-found", "There is no such upload"

    def __init__(self) -> None:
        super().__init__("No upload of yours has this id. One that nobody goes on with is removed after a day; begin it again.")


class UploadSettled(Conflict):
    slug, title = "upload-settled", "This upload takes no more parts"

    def __init__(self, state: str) -> None:
        super().__init__(f"The upload is {state} already. Ask GET /uploads/{{id}} how it stands. Nothing was changed.")


class UploadIncomplete(Conflict):
    slug, title = "upload-incomplete", "Parts of the file are missing"

    def __init__(self, missing: list[int]) -> None:
        named = ", ".join(map(str, missing[:10])) + (" ..." if len(missing) > 10 else "")
        super().__init__(f"Missing parts: {named}. Send them and complete the upload then; the others are kept.")


class UploadNotReady(Conflict):
    slug, title = "upload-not-ready", "The file is not checked yet"

    def __init__(self, state: str) -> None:
        super().__init__(
            f"The upload is {state}. Complete it, and wait until GET /uploads/{{id}} says that it is ready. Nothing was lost."
        )


class TooManyUploads(TooManyRequests):
    slug, title = "too-many-uploads", "Too many files are on their way at once"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} uploads of yours are not finished. Go on with those, or cancel them. Nothing was lost.")


class PartDamaged(Invalid):
    slug, title = "part-damaged", "This part did not arrive as it was sent"

    def __init__(self, part: int, problem: str) -> None:
        super().__init__(f"Part {part}: {problem}. Send it again; the other parts are kept.")


class FileAlreadyThere(Conflict):
    """`evidence_id` is what it is on file as."""

    slug, title = "file-already-there", "This file is on record already"

    def __init__(self, file_name: str, on: str, evidence_id: object) -> None:
        super().__init__(
            f"The same file is on record as '{file_name}', for the same requirement, of {on} (/evidence/{evidence_id}). Nothing "
            "was added. If its dates are wrong, void that one first.",
            errors=[FieldProblem(field="file", problem=f"evidence {evidence_id}")],
        )


class DocumentPurged(NotFound):
    slug, title = "document-purged", "This document was purged"

    def __init__(self) -> None:
        super().__init__("Its time to be kept was over, and an administrator removed its file. What it proved stays on record.")


class RequestNotFound(NotFound):
    slug, title = "document-request-not-found", "There is no such request"

    def __init__(self) -> None:
        super().__init__("No request for a document with this id is within your reach.")


class RequestOpen(Conflict):
    slug, title = "document-request-open", "The driver has been asked already"

    def __init__(self) -> None:
        super().__init__("A request for this requirement is open. Cancel it to ask anew. Nothing was sent.")


class RequestSettled(Conflict):
    slug, title = "document-request-settled", "This request is settled"

    def __init__(self, state: str) -> None:
        super().__init__(f"The request is {state} already. Nothing was changed.")


class NoPreview(NotFound):
    slug, title = "no-preview", "There is no picture of this document"

    def __init__(self) -> None:
        super().__init__(
            "None was made: it is made a moment after the upload, and of some files none can be made. Open the file."
        )


class StorageUnavailable(Unavailable):
    slug, title = "unavailable", "The document store is not answering"

    def __init__(self) -> None:
        super().__init__(
            "The document store is not answering. Nothing was saved; try again in a minute.", headers={"Retry-After": "10"}
        )
