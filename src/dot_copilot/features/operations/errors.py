"""What can go wrong while looking at the platform."""

from __future__ import annotations

from dot_copilot.core.errors import Forbidden, NotFound


class OperationsNotShown(Forbidden):
    slug, title = "operations-not-shown", "This carrier does not look after the platform"


class TraceNotFound(NotFound):
    slug, title = "trace-not-found", "No such trace was kept"


class PartNotFound(NotFound):
    slug, title = "part-not-found", "The platform has no such part"
