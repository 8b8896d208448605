"""Checks against dated facts: they need no account and no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from infra import regions, stacks
from infra.errors import BadInput
from infra.graph.recorder import record
from infra.options import SECRETS, SMTP_PASSWORD, Options
from infra.policies.rules import violations
from infra.preflight.findings import Finding

_RETIRING = {"Standard_D2s_v3": "Standard_D2ds_v5", "P1v2": "P0v3"}
"""Sizes of an older generation, and what to move to; the table names them, so that they stay the default."""


def examine(env: str, folder: Path = stacks.HERE) -> tuple[Options, list[Finding]]:
    """The stack's options and what was found of them; raises BadInput when there is nothing to build from."""
    options = stacks.options(env, folder)
    return options, [
        *_region(options),
        Finding("names", "ok", ", ".join(sorted(options.names.worldwide.values()))),
        *_configuration(options, stacks.secrets_set(env, folder)),
        *_sizes(options),
        *_policies(options),
    ]


def _region(options: Options) -> Iterator[Finding]:
    try:
        regions.check(options)
    except BadInput as wrong:
        yield Finding("region", "refused", str(wrong), "pulumi config set location centralus")
        return
    yield Finding("region", "ok", f"{options.location} offers all that {options.env} asks (facts of {regions.READ_ON})")


def _configuration(options: Options, secrets: set[str]) -> Iterator[Finding]:
    if options.database_administrators.int == 0:
        yield Finding(
            "databaseAdministrators",
            "refused",
            "is still the placeholder",
            "pulumi config set databaseAdministrators $(az ad group show --group NAME --query id --output tsv)",
        )
    wanted = [key for key in SECRETS if not (options.redis and key == "valkeyPassword")]
    missing = [key for key in wanted if key not in secrets]
    if missing:
        remedy = f"dot-copilot azure secrets --env {options.env}"
        yield Finding("secrets", "refused", f"missing from the stack's configuration: {', '.join(missing)}", remedy)
    else:
        yield Finding("secrets", "ok", f"{len(wanted)} are set, encrypted")
    yield from _mail(options, secrets)
    if not options.alert_emails:
        yield Finding("alertEmails", "warning", "nobody is told of alerts", "pulumi config set alertEmails you@example.com")
    if not options.api_domain:
        yield Finding(
            "domains",
            "warning",
            "site and web application are not below one domain, so that browsers keep nobody signed in beyond ten minutes",
            "pulumi config set apiDomain api.example.com, and webDomain app.example.com",
        )


def _mail(options: Options, secrets: set[str]) -> Iterator[Finding]:
    if not options.mail.host:
        yield Finding(
            "mail", "warning", "is not sent: no invitation, reminder or new password arrives", "pulumi config set smtpHost HOST"
        )
    elif options.mail.user and SMTP_PASSWORD[0] not in secrets:
        found = f"{options.mail.user} has no password at {options.mail.host}"
        yield Finding("mail", "refused", found, f"pulumi config set --secret {SMTP_PASSWORD[0]}")
    else:
        yield Finding("mail", "ok", f"leaves by {options.mail.host}:{options.mail.port}")


def _sizes(options: Options) -> Iterator[Finding]:
    for size in (options.tier.postgres_sku, options.tier.plan_sku):
        if size in _RETIRING:
            yield Finding(
                f"size {size}", "warning", "is of an older generation", f"{_RETIRING[size]} costs about as much and is faster"
            )
        else:
            yield Finding(f"size {size}", "ok", "is of the present generation")


def _policies(options: Options) -> Iterator[Finding]:
    broken = violations(record(options))
    for one in broken:
        yield Finding(f"policy {one.policy}", "refused", f"{one.resource}: {one.message}", "change the program")
    if not broken:
        yield Finding("policies", "ok", "every resource keeps them")
