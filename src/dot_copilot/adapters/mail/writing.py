"""A message as RFC 5322 writes it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from dot_copilot.core.ports import MailMessage, MailRefused

_LONGEST_SUBJECT = 200


def message_id(key: str, sender: str) -> str:
    """The same for the same key, so that a mail that comes twice can be told to be one."""
    domain = parseaddr(sender)[1].partition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def write(message: MailMessage, sender: str) -> EmailMessage:
    """The message with its headers. `MailRefused` for an address or a subject that can't be written in one line."""
    made = EmailMessage(policy=SMTP)
    try:
        made["From"] = sender
        made["To"] = message.to
        made["Subject"] = " ".join(message.subject.split())[:_LONGEST_SUBJECT]
    except (ValueError, IndexError):
        raise MailRefused("The address can't be written in a mail.") from None
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = message_id(message.key, sender)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
    made.set_content(message.text)
    if message.html is not None:
        made.add_alternative(message.html, subtype="html")
    return made
