"""A worker on demand, as with the roster: `work()` runs the queued jobs to their end, in this process."""

from tests.api.roster.conftest import Work, work

__all__ = ["Work", "work"]
