"""The application's environment variables on App Service. A test compares their names with those the application reads."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.components.base import Place
from infra.components.cache import PORT, Cache
from infra.components.data import CONTAINER, DATABASE, Data
from infra.components.secrets import Secrets
from infra.options import Mail

Settings = dict[str, pulumi.Input[str]]

STICKY = ("AZURE_CLIENT_ID", "DOT_CLOUD_PARTS", "DOT_DATABASE_LOGIN", "DOT_SLOT")
"""What stays with a slot when versions are swapped: who it is, and what runs in it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the application has around it."""

    data: Data
    secrets: Secrets
    cache: Cache | None
    web_url: pulumi.Output[str]
    telemetry: pulumi.Output[str]
    """Application Insights' connection string."""


def shared(place: Place, around: Around) -> Settings:
    """What is the same in every slot, and so is swapped with the version."""
    options = place.options
    found: Settings = {
        "DOT_PUBLIC_URL": f"https://{options.api_domain or f'{options.names.site}.azurewebsites.net'}",
        "DOT_WEB_URL": around.web_url,
        "DOT_HOME": "/home/dot-copilot",
        "DOT_GATEWAY_SPOOL": "/home/dot-copilot/spool",
        "DOT_DATABASE_HOST": around.data.server.fully_qualified_domain_name,
        "DOT_DATABASE_NAME": DATABASE,
        "DOT_DATABASE_TLS": "verify-full",
        "DOT_DATABASE_POOL": "6" if options.tier.postgres_tier == "Burstable" else "12",
        "DOT_SECRETS_BACKEND": "keyvault",
        "DOT_KEYVAULT_URL": around.secrets.vault.properties.vault_uri.apply(str),
        "DOT_KEYVAULT_PEOPLE_URL": around.secrets.people_vault.properties.vault_uri.apply(str),
        "DOT_BLOB_ENDPOINT": around.data.account.primary_endpoints.blob.apply(lambda url: url.rstrip("/")),
        "DOT_BLOB_ACCOUNT": around.data.account.name,
        "DOT_BLOB_CONTAINER": CONTAINER,
        "DOT_BLOB_LOGIN": "entra",
        "DOT_TELEMETRY": "azure",
        "DOT_TRACE_RATIO": str(options.tier.trace_ratio),
        "APPLICATIONINSIGHTS_CONNECTION_STRING": pulumi.Output.secret(around.telemetry),
        # For Azure's own instrumentation, should somebody turn it on: without this it keeps five traces a second, whatever comes.
        "OTEL_TRACES_SAMPLER": "microsoft.fixed_percentage",
        "OTEL_TRACES_SAMPLER_ARG": str(options.tier.trace_ratio),
        "SCM_DO_BUILD_DURING_DEPLOYMENT": "true",
        "PYTHONPATH": "src",
        "WEBSITE_HEALTHCHECK_MAXPINGFAILURES": "5",
        # Any answer would do by default, even a 500: a version that is not ready must not be swapped in.
        "WEBSITE_SWAP_WARMUP_PING_PATH": "/readyz",
        "WEBSITE_SWAP_WARMUP_PING_STATUSES": "200",
    }
    if around.cache is not None:
        found |= {"DOT_VALKEY_HOST": around.cache.host, "DOT_VALKEY_PORT": str(PORT), "DOT_VALKEY_TLS": "true"}
    return found | _mail(place.options.mail)


def _mail(mail: Mail) -> Settings:
    """How mail leaves; without a server nothing is said, and mails stay files where nobody reads them."""
    if not mail.host:
        return {}
    server: Settings = {"DOT_SMTP_HOST": mail.host, "DOT_SMTP_PORT": str(mail.port), "DOT_SMTP_TLS": mail.tls}
    # Whoever has a user has the password in the vault, as `smtp-password`.
    return server | {"DOT_MAIL": "smtp", "DOT_MAIL_FROM": mail.sender, **({"DOT_SMTP_USER": mail.user} if mail.user else {})}


def own(place: Place, slot: str, client_id: pulumi.Input[str], identity: pulumi.Input[str]) -> Settings:
    """What belongs to one slot. Jobs are the live version's: a version on trial must not take them."""
    return {
        "AZURE_CLIENT_ID": client_id,
        "DOT_SLOT": slot,
        "DOT_CLOUD_PARTS": "api,worker,gateway" if slot == "production" else "api,gateway",
        "DOT_DATABASE_LOGIN": identity if place.options.database_login == "entra" else "",
    }
