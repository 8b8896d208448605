"""What the auditor gets by mail: who shares what, until when, and the link. The code goes another way."""

from __future__ import annotations

from dot_copilot.core.database import Door, Row
from dot_copilot.core.ports import MailMessage
from dot_copilot.features.carriers import repository as carriers

_TEXT = """{carrier} (USDOT {usdot}) shares driver files with you: {title}.

Open them here, until {until}:
{link}

You also need a code. {who} tells it to you by another way, such as the phone; it is good for one sign-in. What you open is
recorded for the carrier, and carries your name, your organisation and the time.

If you do not expect this, do nothing: the link opens nothing without the code.
"""


def _plain(words: str) -> str:
    """What somebody entered, with nothing in it that could be taken for the mark of a link (`core.links`)."""
    return words.replace("{{", "{ {")


async def invitation(door: Door, to: str, share: Row, link: str) -> MailMessage:
    """The mail; `link` holds a mark in place of its token."""
    carrier = await carriers.read_carrier(door)
    return MailMessage(
        to=to,
        subject=f"{carrier['name']} shares driver files with you",
        text=_TEXT.format(
            carrier=_plain(carrier["name"]),
            usdot=carrier["usdot"],
            title=_plain(share["title"]),
            until=f"{share['expires_at']:%B %d, %Y %H:%M} UTC",
            link=link,
            who=_plain(share["created_by_name"] or "The carrier"),
        ),
    )
