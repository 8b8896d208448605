"""What can go wrong with a feed and with what is sent to it."""

from __future__ import annotations

from dot_copilot.core.errors import BadRequest, Conflict, FieldProblem, Forbidden, Invalid, NotFound, TooLarge, Unauthorized


class FeedNotFound(NotFound):
    slug, title = "feed-not-found", "There is no such feed"

    def __init__(self) -> None:
        super().__init__("Your carrier has no such feed. GET /api/v1/telematics/feeds lists them.")


class NoSuchEndpoint(NotFound):
    slug, title = "no-such-endpoint", "Nothing is received at this address"

    def __init__(self) -> None:
        super().__init__("No feed has this address. Copy it again from the feed, or delete the webhook at the provider.")


class EventNotFound(NotFound):
    slug, title = "event-not-found", "There is no such event"


class TooManyFeeds(Conflict):
    slug, title = "too-many-feeds", "A carrier has a limited number of feeds"


class UnusableSecret(Invalid):
    slug, title = "unusable-secret", "This can't be the provider's signing secret"

    def __init__(self, problem: str) -> None:
        super().__init__(f"{problem} Nothing was saved.", errors=[FieldProblem(field="secret", problem=problem)])


class PeopleOnly(Forbidden):
    """An assistant tried to change where events come from."""

    slug, title = "people-only", "An assistant can't do this"


class SignatureRefused(Unauthorized):
    slug, title = "signature-refused", "The signature does not match"

    def __init__(self, detail: str) -> None:
        super().__init__(f"{detail} Nothing was stored.", headers={"WWW-Authenticate": 'Signature realm="telematics"'})


class TimestampRefused(BadRequest):
    slug, title = "timestamp-refused", "The time of the signature is not near ours"


class DeliveryUnreadable(BadRequest):
    slug, title = "delivery-unreadable", "The body is not one of this provider's"


class DeliveryTooLarge(TooLarge):
    slug, title = "delivery-too-large", "The body is too large"
