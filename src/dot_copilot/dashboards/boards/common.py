"""Marks, words and colours that mean the same on every dashboard. Marks are thresholds of alerts where there is one."""

from __future__ import annotations

from dot_copilot.dashboards.model import Marks, Variable

FAILING = Marks(0.001, 0.02)  # the promise, and what wakes somebody
RESPONSE = Marks(0.5, 1.0)  # seconds
JOB_AGE = Marks(30, 60)  # seconds
FULL = Marks(0.6, 0.8)  # of what there is
ANY = Marks(1, 1)  # of what should not be at all

UP = {1: "up", 0: "down"}
YES = {1: "yes", 0: "no"}

STATUS_COLORS = {"2xx": "green", "3xx": "blue", "4xx": "orange", "5xx": "red"}
OUTCOME_COLORS = {
    "succeeded": "green",
    "ok": "green",
    "completed": "green",
    "imported": "green",
    "accepted": "green",
    "retried": "orange",
    "limited": "orange",
    "locked": "orange",
    "refused": "orange",
    "tool_error": "orange",
    "cancelled": "blue",
    "failed": "red",
    "error": "red",
}


def parts(job: str) -> Variable:
    """The choice of one or several parts of a job."""
    return Variable("part", "Part", "part", f'up{{job="{job}"}}')
