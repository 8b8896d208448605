"""What can be wrong with a bulk upload."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, NotFound


class BatchNotFound(NotFound):
    slug, title = "bulk-batch-not-found", "There is no such bulk upload"

    def __init__(self) -> None:
        super().__init__("No bulk upload of yours has this id.")


class ItemNotFound(NotFound):
    slug, title = "bulk-item-not-found", "There is no such scan"

    def __init__(self) -> None:
        super().__init__("No scan with this id is in a bulk upload of yours.")


class BatchFull(Conflict):
    slug, title = "bulk-batch-full", "This bulk upload is full"

    def __init__(self, most: int) -> None:
        super().__init__(f"It holds {most} scans. Sort some of them, close it, and begin another. Nothing was lost.")


class ItemSettled(Conflict):
    slug, title = "bulk-item-settled", "This scan is sorted already"

    def __init__(self, state: str) -> None:
        super().__init__(f"The scan is {state.replace('_', ' ')}. Nothing was changed.")
