"""Mail on Azure: nothing is said of it until a server is named, and the password is a secret of the vault alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.preflight.offline import examine
from tests.infra.graphs import GIVEN, graph, settings

SERVER: dict[str, Any] = {"smtpHost": "smtp.example.com", "mailFrom": "Fleet <fleet@example.com>"}


def about_mail(env: str, **values: Any) -> dict[str, str]:
    """Names and values that the site is told of mail."""
    told = settings(graph(env, **values).node("site"))
    return {name: value for name, value in told.items() if name.startswith(("DOT_SMTP", "DOT_MAIL"))}


@pytest.mark.parametrize("env", ["dev", "staging", "prod"])
def test_without_a_server_nothing_is_said_of_mail(env: str) -> None:
    assert about_mail(env) == {}
    assert not graph(env).has("secret-smtp-password")


def test_a_server_that_asks_for_nobody_needs_no_password() -> None:
    told = {"DOT_SMTP_HOST": "smtp.example.com", "DOT_SMTP_PORT": "587", "DOT_SMTP_TLS": "starttls"}
    assert about_mail("dev", **SERVER) == told | {"DOT_MAIL": "smtp", "DOT_MAIL_FROM": "Fleet <fleet@example.com>"}
    assert not graph("dev", **SERVER).has("secret-smtp-password")


def test_a_user_has_a_password_in_the_vault_before_the_site_starts() -> None:
    values = SERVER | {"smtpUser": "fleet", "smtpPort": "465", "smtpTls": "implicit"}
    found, told = graph("prod", **values), about_mail("prod", **values)
    assert (told["DOT_SMTP_USER"], told["DOT_SMTP_PORT"], told["DOT_SMTP_TLS"]) == ("fleet", "465", "implicit")
    kept = found.node("secret-smtp-password")
    assert kept.at("secretName") == "smtp-password"
    assert "properties.value" in kept.secrets
    assert "secret-smtp-password" in found.before(found.node("site"))
    assert not [path for node in found.nodes for path in node.exposed]
    assert settings(found.node("slot"))["DOT_SMTP_HOST"] == "smtp.example.com"


@pytest.mark.parametrize(
    ("values", "state", "remedy"),
    [
        ({}, "warning", "pulumi config set smtpHost HOST"),
        (SERVER, "ok", ""),
        (SERVER | {"smtpUser": "fleet"}, "refused", "pulumi config set --secret smtpPassword"),
        (SERVER | {"smtpUser": "fleet", "smtpPassword": {"secure": "v1:x"}}, "ok", ""),
    ],
)
def test_preflight_says_whether_mail_can_leave(tmp_path: Path, values: dict[str, Any], state: str, remedy: str) -> None:
    config = {f"dot-copilot:{key}": value for key, value in (GIVEN | values).items()}
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    (found,) = [one for one in examine("dev", tmp_path)[1] if one.what == "mail"]
    assert (found.state, found.remedy) == (state, remedy)
