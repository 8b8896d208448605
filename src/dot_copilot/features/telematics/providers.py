"""The providers whose webhooks are understood."""

from __future__ import annotations

from enum import StrEnum


class Provider(StrEnum):
    """Who sends."""

    SAMSARA = "samsara"
    MOTIVE = "motive"

    @property
    def kind(self) -> str:
        """The kind of its events among event documents."""
        return f"telematics.{self.value}"

    @property
    def delivery_kind(self) -> str:
        """The kind of a body that held several events: the bytes that were signed, once."""
        return f"telematics.{self.value}.delivery"
