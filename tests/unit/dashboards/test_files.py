"""The committed files are what the code says, and Grafana finds them and the source they ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from dot_copilot.dashboards import files
from dot_copilot.dashboards.__main__ import main
from dot_copilot.dashboards.grafana import SOURCE

GRAFANA = Path(__file__).parents[3] / "deploy/grafana"


def test_committed_files_are_current() -> None:
    assert files.stale(GRAFANA / "dashboards") == [], "run 'make dashboards'"


def test_stale_missing_and_foreign_files_are_found_and_put_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(tmp_path)]) == 0
    (tmp_path / "api.json").write_text("{}")
    (tmp_path / "jobs.json").unlink()
    (tmp_path / "mine.json").write_text("{}")
    assert main(["--check", str(tmp_path)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{name} is stale: run 'make dashboards'" for name in ("api.json", "jobs.json", "mine.json")
    ]
    assert main([str(tmp_path)]) == 0
    assert files.stale(tmp_path) == []


def test_grafana_is_told_where_the_files_and_the_source_are() -> None:
    provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/dot-copilot.yaml").read_text())["providers"][0]
    source = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text())["datasources"][0]
    assert (source["uid"], source["type"]) == (SOURCE["uid"], SOURCE["type"])
    assert source["url"] == "http://prometheus:9090"
    compose = yaml.safe_load((GRAFANA.parent / "compose.yaml").read_text())["services"]["grafana"]
    mounted = {volume.split(":")[1] for volume in compose["volumes"]}
    assert provider["options"]["path"] in mounted
    assert {"/etc/grafana/provisioning", "/usr/share/grafana/public/runbooks"} <= mounted
    assert "DOT_PUBLIC_URL" in compose["environment"], "an exemplar's link leads there"
    home = Path(compose["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (GRAFANA / "dashboards" / home.name).is_file()


def test_a_kept_trace_opens_where_the_web_application_shows_it() -> None:
    source = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text())["datasources"][0]
    (link,) = source["jsonData"]["exemplarTraceIdDestinations"]
    assert link["name"] == "trace_id"
    routes = (GRAFANA.parents[1] / "web/src/routes/operations.ts").read_text()
    assert link["url"] == "${DOT_PUBLIC_URL}/operations/traces/$${__value.raw}"  # Grafana itself reads $$ as $
    assert "path: '/operations/traces/$traceId'" in routes


@pytest.mark.parametrize("name", sorted(files.rendered()))
def test_a_file_is_what_grafana_takes(name: str) -> None:
    board = json.loads(files.rendered()[name])
    assert board["schemaVersion"] == 42
    assert board["id"] is None
    assert board["uid"] == f"dot-{name.removesuffix('.json')}"
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, f"{panel['title']} lies on another panel"
        assert at["x"] + at["w"] <= 24
        taken |= cells
        if panel["type"] != "row":
            references = [target["refId"] for target in panel["targets"]]
            assert references == sorted(set(references))
            assert all(target["datasource"] == SOURCE for target in panel["targets"])
