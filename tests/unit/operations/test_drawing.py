"""The drawing of the platform, held against what really runs."""

from __future__ import annotations

import pytest

from dot_copilot.features.operations.drawing import ARROWS, BY_NAME, PLACES, TASKS, Network, place_of
from dot_copilot.features.operations.repository.figures import QUESTIONS, Figures
from dot_copilot.features.operations.repository.promql import combined
from dot_copilot.stack.topology import PARTS


def test_every_part_of_the_local_stack_has_a_place() -> None:
    strangers = [name for name in PARTS if place_of(name) not in BY_NAME and name not in TASKS]
    assert strangers == []


@pytest.mark.parametrize(
    ("process", "place"),
    [
        ("api-1", "api"),
        ("api-12", "api"),
        ("gateway-2", "gateway"),
        ("postgres", "postgres"),
        ("redis", "valkey"),
        ("vault", "openbao"),
        ("github-mcp", "github"),
        ("valkey-exporter", "exporters"),
        ("weigh-station-3", "weigh-station-3"),
        ("", ""),
    ],
)
def test_a_process_is_at_its_place(process: str, place: str) -> None:
    assert place_of(process) == place


def test_arrows_join_what_is_drawn_and_name_figures_that_there_are() -> None:
    measured = set(Figures().calls()) | {"scrapes"}
    for arrow in ARROWS:
        assert {arrow.source, arrow.target} <= set(BY_NAME), arrow
        assert arrow.of is None or arrow.of in measured, arrow
    assert len({(arrow.source, arrow.target) for arrow in ARROWS}) == len(ARROWS)
    # Everybody outside comes in by the door, and nobody else does.
    outside = {place.name for place in PLACES if place.network is Network.OUTSIDE}
    assert {arrow.target for arrow in ARROWS if arrow.source in outside} == {"nginx"}


def test_a_combined_question_tells_its_parts_apart() -> None:
    asked = combined({"a": "up", "b": "sum(x)"})
    assert asked == 'label_replace(up, "q", "a", "", "")\nor label_replace(sum(x), "q", "b", "", "")'
    assert combined(QUESTIONS).count("label_replace(") == len(QUESTIONS)
