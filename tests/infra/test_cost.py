"""The bill is made of the program's own resources, and its totals stand and fall with the price file."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.cost import prices
from infra.cost.estimate import FREE_OF_CHARGE, estimate, total
from infra.cost.report import Report, as_text, report
from infra.errors import BadInput
from tests.infra.graphs import ENVS, graph, options

KNOWN = prices.read()
# Dollars a month with the prices of 2026-11-28. Whoever changes prices, tiers or resources changes these with open eyes.
TOTALS = {"dev": 29.31, "staging": 29.33, "prod": 344.67}


def of(env: str, **values: object) -> Report:
    return report(options(env, **values), graph(env, **values), KNOWN)


@pytest.mark.parametrize("env", ENVS)
def test_totals_are_pinned(env: str) -> None:
    found = of(env)
    assert found.total == TOTALS[env]
    assert found.total == round(sum(line.dollars for line in found.lines), 2)
    assert all(line.resource in {node.name for node in graph(env).nodes} for line in found.lines)


@pytest.mark.parametrize("env", ENVS)
def test_a_private_network_costs_its_endpoints_and_zones(env: str) -> None:
    found = of(env, network="private")
    # Four endpoints (database, documents, two vaults) and three zones.
    assert round(found.total - TOTALS[env], 2) == round(4 * 7.30 + 3 * 0.50, 2)


def test_targets_are_told_honestly() -> None:
    assert (of("dev").holds, of("staging").holds, of("prod").holds) == (True, True, False)
    assert "345 $ is 95 $ more" in of("prod").verdict
    assert "no high availability" in of("prod").verdict
    assert "one-year reservation of the database" in of("prod").verdict
    without = of("prod", highAvailability="Disabled")
    assert without.holds
    assert without.total == 216.16


def test_savings_are_what_the_change_would_take_off() -> None:
    now = {saving.what: saving.dollars for saving in of("prod").savings}
    assert now["no high availability"] == round(TOTALS["prod"] - of("prod", highAvailability="Disabled").total, 2)
    assert now["plan P0v3 for P1v2"] == round(73.73 - 56.58, 2)
    assert now["one-year reservation of the database"] == round(2 * 124.83 * 0.4, 2)
    assert {saving.what for saving in of("dev").savings} >= {"database stopped at night and on weekends"}
    assert any(note.startswith("keeping 10% of traces already saves 41.40 $") for note in of("prod").notes)


def test_scaling_out_is_on_the_bill() -> None:
    found = of("prod", redis=True, mostInstances=3)
    assert {"redis:Balanced_B0"} <= {line.item for line in found.lines}


def test_a_kind_that_nobody_priced_is_an_error() -> None:
    import dataclasses

    found = graph("dev")
    strange = dataclasses.replace(
        found, nodes=(*found.nodes, dataclasses.replace(found.nodes[0], type="azure-native:cdn:Profile", name="x"))
    )
    with pytest.raises(BadInput, match="nobody has said what a cdn:Profile"):
        estimate(strange, KNOWN, 1.0)


def test_a_size_without_a_price_is_an_error_that_says_where() -> None:
    with pytest.raises(BadInput, match=r"no price for 'plan:P3v3'; add it to prices\.json"):
        of("dev", planSku="P3v3")


def test_what_is_free_is_not_priced_elsewhere() -> None:
    from infra.cost.estimate import _PRICED

    assert not FREE_OF_CHARGE & _PRICED.keys()


def test_the_text_shows_lines_total_target_and_assumptions() -> None:
    text = as_text(of("prod"))
    assert "prod in centralus, US dollars a month (prices of 2026-11-28, eastus)" in text
    assert "124.83   PostgreSQL server (postgres:Standard_D2s_v3, 1)" in text
    assert "344.67   together, for a target of ~250" in text
    assert "4.60 ~ Logs and traces" in text


class _Service(http.server.BaseHTTPRequestHandler):
    """The retail price service, with one size cheaper and one size unknown."""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)["$filter"][0]
        items = []
        if "skuName eq 'B1'" in asked:
            assert "armRegionName eq 'uksouth'" in asked
            items = [
                {"retailPrice": 0.02, "unitOfMeasure": "1 Hour", "skuName": "B1"},
                {"retailPrice": 9.0, "unitOfMeasure": "1 Month", "skuName": "B1"},
            ]
        body = json.dumps({"Items": items}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        return None


@pytest.fixture
def service() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_live_prices_replace_those_that_the_service_knows(service: str) -> None:
    known, trouble = prices.live(KNOWN, "uksouth", {"plan:B1", "postgres:Standard_B1ms", "logs"}, service)
    assert (known.of("plan:B1").dollars, known.of("plan:B1").source) == (14.6, "live")
    assert known.of("postgres:Standard_B1ms") == KNOWN.of("postgres:Standard_B1ms")
    assert trouble == [
        "the price service has no hourly price for 'postgres:Standard_B1ms' in uksouth; taken from the file of 2026-11-28"
    ]
    assert total(estimate(graph("dev"), known, 1.0)) == round(TOTALS["dev"] - 12.41 + 14.6, 2)


def test_without_the_service_the_file_is_good_enough_and_it_is_said() -> None:
    known, trouble = prices.live(KNOWN, "uksouth", {"plan:B1"}, "http://127.0.0.1:9/")
    assert known is KNOWN
    assert "did not answer" in trouble[0]
