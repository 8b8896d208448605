"""What is on record survives a crash, and only one may add to it at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dot_copilot.deploy.errors import RefusedError
from dot_copilot.deploy.journal import Journal
from dot_copilot.deploy.model import Kind, Step, StepState


def test_a_torn_line_is_no_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "x")
    deploy = journal.begin(Kind.DEPLOY, "2", "1")
    file = journal.root / "journal.jsonl"
    with file.open("ab") as stream:
        stream.write(b'{"number": 1, "event": "ended", "outc')
    assert journal.unfinished() is not None
    journal.step(deploy, Step.BUILD, StepState.BEGUN)
    assert [json.loads(text)["event"] for text in file.read_text().splitlines() if text.endswith("}")] == ["begun", "step"]
    assert [one.step for one in journal.deploys()[0].steps] == [Step.BUILD]


def test_a_deploy_during_a_deploy_is_refused_saying_who_when_and_where(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "x")
    with journal.held("the deploy of 2"):
        deploy = journal.begin(Kind.DEPLOY, "2", "1")
        journal.step(deploy, Step.SMOKE, StepState.BEGUN)
        with (
            pytest.raises(
                RefusedError, match=r"the deploy of 2 is under way, by .+ \(pid \d+\) since .+Z, now at the step smoke"
            ),
            Journal(tmp_path, "x").held("another"),
        ):
            pass
    with journal.held("the next one"):
        pass
