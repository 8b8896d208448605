"""What goes wrong with backups, in one sentence for whoever asked."""

from __future__ import annotations


class BackupError(RuntimeError):
    """Nothing was done, or nothing of it was kept; the text says why and what to do."""
