"""Small pieces of PromQL, and several questions as one."""

from __future__ import annotations

from collections.abc import Mapping

QUESTION = "q"
"""The label that tells the answers of a combined question apart."""


def rate(counter: str, by: str, where: str = "", seconds: int = 60) -> str:
    """How much the counter grows a second."""
    return f"sum by ({by}) (rate({counter}{{{where}}}[{seconds}s]))"


def quantile(share: float, histogram: str, by: str, where: str = "", seconds: int = 60) -> str:
    """In seconds; no answer where nothing happened."""
    labels = f"{by}, le" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket{{{where}}}[{seconds}s])))"


def combined(questions: Mapping[str, str]) -> str:
    """One question of all: one round trip, and all answers are of the same instant."""
    return "\nor ".join(f'label_replace({question}, "{QUESTION}", "{name}", "", "")' for name, question in questions.items())
