"""What cannot be built is refused in one sentence that says how to mend it, with exit code 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from infra.cli import main
from infra.errors import BadInput
from infra.regions import check
from tests.infra.graphs import options

SMTP = {"smtpHost": "smtp.example.com", "smtpUser": "fleet", "mailFrom": "Fleet <fleet@example.com>"}
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("qa", {}, "there is no environment 'qa'; choose one of dev, staging, prod"),
    ("prod", {"location": "eastus"}, "eastus takes no new zone-redundant PostgreSQL servers (2026-11); choose centralus"),
    ("dev", {"location": "mars"}, "region 'mars' has not been looked up; choose one of centralus"),
    ("dev", {"location": None}, "'location' is missing; set it to an Azure region, such as centralus"),
    ("dev", {"databaseAdministrators": None}, "'databaseAdministrators' is missing; set it to the object id"),
    ("dev", {"databaseAdministrators": "me"}, "'databaseAdministrators' is 'me'; it has to be an object id"),
    (
        "dev",
        {"highAvailability": "ZoneRedundant"},
        "Standard_B1ms is Burstable and has no high availability; choose Standard_D2s_v3",
    ),
    ("dev", {"highAvailability": "Yes"}, "highAvailability 'Yes' is not known; choose Disabled, SameZone or ZoneRedundant"),
    ("dev", {"stagingSlot": "true"}, "plan B1 is Basic and has no slots; choose P1v2 or P0v3"),
    ("dev", {"mostInstances": "2"}, "plan B1 is Basic and does not scale by itself"),
    ("prod", {"mostInstances": "2"}, "several instances share their limits and news in Redis; set redis to true"),
    ("prod", {"mostInstances": "99", "redis": "true"}, "mostInstances is 99; it is a number from 1 to 30"),
    ("dev", {"name": "a-name-that-is-much-too-long"}, "name 'a-name-that-is-much-too-long' is 13 too long"),
    ("dev", {"name": "Dot_Copilot"}, "name 'Dot_Copilot' does not do; use small letters, digits and single hyphens"),
    ("dev", {"planSku": "F1"}, "planSku 'F1' is not known; choose one of B1"),
    ("dev", {"postgresSku": "B1ms"}, "postgresSku 'B1ms' is not known; it is like Standard_B1ms"),
    ("dev", {"storageSku": "LRS"}, "storageSku 'LRS' is not known"),
    ("dev", {"backupDays": "3"}, "backupDays is 3; PostgreSQL keeps backups from 7 to 35 days"),
    ("dev", {"backupDays": "many"}, "'backupDays' is 'many'; it has to be a whole number"),
    ("dev", {"alwaysOn": "yes"}, "'alwaysOn' is 'yes'; it has to be true or false"),
    ("dev", {"network": "secret"}, "'network' is 'secret'; choose one of public, private"),
    ("dev", {"operatorAddresses": "10.0.0.0/8"}, "'operatorAddresses' has '10.0.0.0/8'; it has to be IPv4 addresses"),
    ("dev", {"alertEmails": "me"}, "'alertEmails' has 'me'; it has to be mail addresses"),
    ("dev", {"apiDomain": "api.example.com"}, "apiDomain and webDomain go together"),
    (
        "dev",
        {"apiDomain": "https://api.example.com", "webDomain": "app.example.com"},
        "'apiDomain' is 'https://api.example.com'; it has to be a host",
    ),
    ("dev", {"apiDomain": "api.example.com", "webDomain": "app.example.org"}, "are not below one domain"),
    ("dev", {"smtpUser": "fleet"}, "smtpUser and mailFrom go with a server; set smtpHost"),
    ("dev", {"smtpHost": "smtp.example.com"}, "mailFrom is ''; set it to whom mails come from: Fleet <fleet@example.com>"),
    ("dev", SMTP | {"mailFrom": "Fleet"}, "mailFrom is 'Fleet'; set it to whom mails come from"),
    ("dev", SMTP | {"smtpHost": "smtp://example.com"}, "'smtpHost' is 'smtp://example.com'; it has to be a host name"),
    ("dev", SMTP | {"smtpTls": "none"}, "a password is never sent in clear; choose starttls or implicit"),
    ("dev", SMTP | {"smtpTls": "ssl"}, "'smtpTls' is 'ssl'; choose one of starttls, implicit, none"),
    ("dev", SMTP | {"smtpPort": "25"}, "smtpPort is 25, on which Azure lets no mail out; choose 587"),
    ("dev", SMTP | {"smtpPort": "70000"}, "smtpPort is 70000; it is a number from 1 to 65535"),
    ("dev", {"webLocation": "uksouth"}, "Static Web Apps are not managed in 'uksouth'"),
]


@pytest.mark.parametrize(("env", "values", "said"), BAD, ids=[f"{env}-{'-'.join(values) or 'env'}" for env, values, _ in BAD])
def test_it_is_refused_before_anything_is_declared(env: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(options(env, **values))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = {"dot-copilot:location": "centralus", "dot-copilot:databaseAdministrators": "00000000-0000-0000-0000-000000000009"}
    for env in ("dev", "prod"):
        (tmp_path / f"Pulumi.{env}.yaml").write_text(yaml.safe_dump({"config": config}))
    return tmp_path


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("command", ["preflight", "cost", "render"])
def test_each_command_says_one_sentence_and_leaves_with_two(command: str, folder: Path) -> None:
    assert run(command, "--env", "qa", "--stacks", str(folder)) == (
        2,
        "",
        "dot-copilot azure: there is no environment 'qa'; choose one of dev, staging, prod\n",
    )
    code, out, err = run(command, "--env", "staging", "--stacks", str(folder))
    assert (code, out) == (2, "")
    assert "Pulumi.staging.yaml is not there; it holds the configuration of 'staging', see docs/azure.md" in err
    (folder / "Pulumi.dev.yaml").write_text("config: [")
    code, out, err = run(command, "--env", "dev", "--stacks", str(folder))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "is not YAML" in err


def test_preflight_refuses_a_region_with_one(folder: Path) -> None:
    text = (folder / "Pulumi.prod.yaml").read_text().replace("centralus", "westeurope")
    (folder / "Pulumi.prod.yaml").write_text(text)
    code, out, _ = run("preflight", "--env", "prod", "--offline", "--json", "--stacks", str(folder))
    found = {one["what"]: one for one in json.loads(out)}
    assert code == 2
    assert found["region"]["state"] == "refused"
    assert "westeurope takes no new zone-redundant PostgreSQL servers" in found["region"]["found"]
