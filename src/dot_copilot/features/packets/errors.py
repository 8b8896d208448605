"""What can be wrong with a request about packets."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, FieldProblem, Invalid, NotFound, Unavailable


class PacketNotFound(NotFound):
    slug, title = "packet-not-found", "There is no such packet"

    def __init__(self) -> None:
        super().__init__("No packet with this id is within your reach.")


class PacketNotReady(Conflict):
    slug, title = "packet-not-ready", "The packet is not there yet"

    def __init__(self) -> None:
        super().__init__("The packet is still being built, or its building ended early. Look at its state; nothing was lost.")


class PacketGone(Conflict):
    slug, title = "packet-gone", "The packet's files are gone"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Build a new one: the drivers' documents are all still there.")


class PacketSettled(Conflict):
    slug, title = "packet-settled", "This can't be changed any more"


class PacketLinkInvalid(NotFound):
    slug, title = "link-invalid", "This link has run out"

    def __init__(self) -> None:
        super().__init__("A link to a packet is good for five minutes. Ask for the download again to get a new one.")


class CodeUnknown(NotFound):
    slug, title = "packet-unknown", "No packet can be shown for this code"

    def __init__(self) -> None:
        super().__init__(
            "Either there is no packet of this code, or the carrier does not let it be verified here. Ask the carrier."
        )


class InvalidPacket(Invalid):
    slug, title = "invalid", "Some of what was sent is not valid"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"Check {field}: {problem}. Nothing was begun.", errors=[FieldProblem(field=field, problem=problem)])


class PacketStoreUnavailable(Unavailable):
    slug, title = "unavailable", "The document store is not answering"

    def __init__(self) -> None:
        super().__init__("The document store is not answering. Try again in a minute.", headers={"Retry-After": "10"})
