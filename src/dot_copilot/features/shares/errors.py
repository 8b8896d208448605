"""What can be wrong with a share, or with coming in by one."""

from __future__ import annotations

from datetime import datetime

from dot_copilot.core.errors import Conflict, NotFound, TooManyRequests, Unauthorized, Unavailable


class ShareNotFound(NotFound):
    slug, title = "share-not-found", "There is no such share"

    def __init__(self) -> None:
        super().__init__("Your carrier has no share with this id.")


class ShareSettled(Conflict):
    slug, title = "share-settled", "This share has ended"

    def __init__(self) -> None:
        super().__init__("The share was revoked or has run out. Make a new one. Nothing was changed.")


class ShareCodeWrong(Unauthorized):
    """The same for an unknown link and for a wrong code, so that neither can be told from the other."""

    slug, title = "share-code-wrong", "The link or the code is wrong"

    def __init__(self) -> None:
        super().__init__(
            "Check the code that the carrier told you, and that the link is whole. After five wrong codes you must wait."
        )


class ShareCodeUsed(Unauthorized):
    slug, title = "share-code-used", "This code has been used"

    def __init__(self) -> None:
        super().__init__("A code is good for one sign-in, and ends after too many wrong ones. Ask the carrier for a new code.")


class ShareLocked(TooManyRequests):
    slug, title = "share-locked", "Too many wrong codes"

    def __init__(self, until: datetime, now: datetime) -> None:
        seconds = max(1, int((until - now).total_seconds()))
        super().__init__(
            f"Wait {max(1, round(seconds / 60))} minutes, or ask the carrier for a new code, which opens it at once.",
            headers={"Retry-After": str(seconds)},
        )


class ShareSignedOut(Unauthorized):
    slug, title = "share-signed-out", "You are not signed in to a share"

    def __init__(self) -> None:
        super().__init__("Open the link that the carrier sent you, and enter your code.")


class ShareRevoked(Unauthorized):
    slug, title = "share-revoked", "This access was ended by the carrier"

    def __init__(self) -> None:
        super().__init__("The carrier has ended this access. If you still need the files, ask the carrier for a new link.")


class ShareExpired(Unauthorized):
    slug, title = "share-expired", "This access has run out"

    def __init__(self) -> None:
        super().__init__("The time that the carrier gave you for these files is over. Ask the carrier for a new link.")


class SharedDocumentNotFound(NotFound):
    slug, title = "document-not-found", "There is no such document"

    def __init__(self) -> None:
        super().__init__("No document with this id belongs to the files that are shared with you.")


class SharedPacketNotReady(Conflict):
    slug, title = "packet-not-ready", "The packet is not there yet"

    def __init__(self) -> None:
        super().__init__("The packet is still being built, or its files are gone. Try again in a minute, or ask the carrier.")


class CanNotBeShown(Conflict):
    """`why` is a whole sentence."""

    slug, title = "not-shown", "This file can't be shown here"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Ask the carrier for the file itself.")


class SharedStoreUnavailable(Unavailable):
    slug, title = "unavailable", "The document store is not answering"

    def __init__(self) -> None:
        super().__init__("The document store is not answering. Try again in a minute.", headers={"Retry-After": "10"})
