"""Asks Azure itself, when somebody is signed in: quota, what the region takes today, free names, and the rights of who asks.

Through the Azure SDK's own pipeline and credentials (`az login`, or the pipeline's identity). Nothing here changes anything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from azure.core import PipelineClient
from azure.core.credentials import TokenCredential
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, RetryPolicy, UserAgentPolicy
from azure.core.rest import HttpRequest

from infra.options import Options
from infra.preflight.findings import Finding

_MANAGEMENT = "https://management.azure.com"
_NEEDED = (
    "Microsoft.Resources/deployments/write",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Authorization/locks/write",
)
_VERSIONS = {
    "Microsoft.DBforPostgreSQL": "2024-08-01",
    "Microsoft.Web": "2023-12-01",
    "Microsoft.Storage": "2023-05-01",
    "Microsoft.KeyVault": "2023-07-01",
    "Microsoft.Authorization": "2022-04-01",
}


class Azure:
    """Reads the management service as whoever `credential` is."""

    def __init__(self, subscription: str, credential: TokenCredential, endpoint: str = _MANAGEMENT) -> None:
        self.subscription = f"/subscriptions/{subscription}"
        self._endpoint, self._secure = endpoint, endpoint.startswith("https:")
        policies = [
            UserAgentPolicy("dot-copilot-preflight"),
            RetryPolicy(retry_total=2),
            BearerTokenCredentialPolicy(credential, f"{_MANAGEMENT}/.default"),
        ]
        self._client: PipelineClient[Any, Any] = PipelineClient(endpoint, policies=policies)

    def ask(self, path: str, provider: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer; raises AzureError."""
        request = HttpRequest(
            "POST" if body else "GET", self._endpoint + path, params={"api-version": _VERSIONS[provider]}, json=body
        )
        answer = self._client.send_request(request, connection_timeout=10, read_timeout=20, enforce_https=self._secure)
        answer.raise_for_status()
        return answer.json()


def signed_in() -> Azure | None:
    """Azure as the person or pipeline that is signed in here, or None when nobody is."""
    from azure.identity import AzureCliCredential, ChainedTokenCredential, EnvironmentCredential, WorkloadIdentityCredential

    subscription = os.environ.get("AZURE_SUBSCRIPTION_ID") or os.environ.get("ARM_SUBSCRIPTION_ID")
    if not subscription:
        return None
    candidates: list[TokenCredential] = [EnvironmentCredential(), AzureCliCredential(process_timeout=10)]
    if os.environ.get("AZURE_FEDERATED_TOKEN_FILE"):
        candidates.insert(0, WorkloadIdentityCredential())
    return Azure(subscription, ChainedTokenCredential(*candidates))


def examine(options: Options, azure: Azure | None = None) -> list[Finding]:
    """What Azure says; one finding "unknown" when it cannot be asked."""
    azure = azure or signed_in()
    if azure is None:
        remedy = "az login, and set AZURE_SUBSCRIPTION_ID"
        return [Finding("Azure", "unknown", "nobody is signed in: quota, names and rights were not asked", remedy)]
    found: list[Finding] = []
    for check in (_rights, _names, _postgres, _postgres_quota, _plan_quota, _present_server):
        try:
            found += check(options, azure)
        except ClientAuthenticationError as refused:
            return [*found, Finding("Azure", "unknown", f"does not let us in: {_line(refused)}", "az login")]
        except AzureError as error:
            found.append(Finding(check.__name__.strip("_").replace("_", " "), "unknown", f"Azure did not say: {_line(error)}"))
    return found


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _rights(_options: Options, azure: Azure) -> Iterator[Finding]:
    """Whether the one who asks may create resources, give roles and set locks."""
    said = azure.ask(f"{azure.subscription}/providers/Microsoft.Authorization/permissions", "Microsoft.Authorization")["value"]
    lacking = [action for action in _NEEDED if not any(_allows(one, action) for one in said)]
    if lacking:
        remedy = "ask for Contributor and Role Based Access Control Administrator on the subscription"
        yield Finding("rights", "refused", f"not allowed: {', '.join(lacking)}", remedy)
    else:
        yield Finding("rights", "ok", "may create resources, give roles and set locks")


def _allows(permission: Mapping[str, Any], action: str) -> bool:
    def matches(pattern: str) -> bool:
        head, star, tail = pattern.lower().partition("*")
        wanted = action.lower()
        return wanted.startswith(head) and wanted.endswith(tail) if star else wanted == head

    return any(map(matches, permission.get("actions", ()))) and not any(map(matches, permission.get("notActions", ())))


def _names(options: Options, azure: Azure) -> Iterator[Finding]:
    """Whether the names that are unique in the world are free. Taken ones are ours when the environment is there already."""
    names = options.names
    questions: list[tuple[str, str, str, str]] = [
        ("Microsoft.Web", "checknameavailability", names.site, "Site"),
        ("Microsoft.Storage", "checkNameAvailability", names.storage, "Microsoft.Storage/storageAccounts"),
        ("Microsoft.KeyVault", "checkNameAvailability", names.vault, "Microsoft.KeyVault/vaults"),
        ("Microsoft.KeyVault", "checkNameAvailability", names.people_vault, "Microsoft.KeyVault/vaults"),
        ("Microsoft.DBforPostgreSQL", "checkNameAvailability", names.server, "Microsoft.DBforPostgreSQL/flexibleServers"),
    ]
    for provider, verb, name, kind in questions:
        answer = azure.ask(f"{azure.subscription}/providers/{provider}/{verb}", provider, {"name": name, "type": kind})
        if answer.get("nameAvailable"):
            yield Finding(f"name {name}", "ok", "is free")
        else:
            found = f"is taken ({answer.get('reason', 'no reason given')}); good when this environment is there already"
            yield Finding(
                f"name {name}", "warning", found, "else: pulumi config set name ANOTHER, or recover a deleted Key Vault"
            )


def _postgres(options: Options, azure: Azure) -> Iterator[Finding]:
    """What the region takes of PostgreSQL today."""
    path = f"{azure.subscription}/providers/Microsoft.DBforPostgreSQL/locations/{options.location}/capabilities"
    said = azure.ask(path, "Microsoft.DBforPostgreSQL")["value"]
    tier = options.tier
    editions = [
        edition for one in said for edition in one.get("supportedServerEditions", ()) if edition.get("name") == tier.postgres_tier
    ]
    sizes = {size.get("name"): size for edition in editions for size in edition.get("supportedServerSkus", ())}
    size = sizes.get(tier.postgres_sku)
    if size is None:
        yield Finding(
            "PostgreSQL size",
            "refused",
            f"{options.location} has no {tier.postgres_sku} for you",
            "choose another size or region",
        )
        return
    yield Finding("PostgreSQL size", "ok", f"{options.location} has {tier.postgres_sku}")
    versions = {version.get("name") for one in said for version in one.get("supportedServerVersions", ())}
    if "16" not in versions:
        yield Finding("PostgreSQL version", "refused", f"{options.location} has no version 16", "choose another region")
    if tier.high_availability != "Disabled" and tier.high_availability not in size.get("supportedHaMode", ()):
        yield Finding(
            "high availability",
            "refused",
            f"{tier.high_availability} is not offered for {tier.postgres_sku}",
            "choose another region",
        )
    geo = any(one.get("geoBackupSupported") == "Enabled" for one in said)
    if tier.geo_redundant and not geo:
        yield Finding("geo-redundant backup", "refused", f"{options.location} does not offer it", "choose another region")


def _postgres_quota(options: Options, azure: Azure) -> Iterator[Finding]:
    place = f"{azure.subscription}/providers/Microsoft.DBforPostgreSQL/locations/{options.location}"
    path = f"{place}/resourceType/flexibleServers/usages"
    wanted = 2 if options.tier.high_availability != "Disabled" else 1
    cores = wanted * (1 if options.tier.postgres_tier == "Burstable" else 2)
    yield from _quota(
        "PostgreSQL quota", azure.ask(path, "Microsoft.DBforPostgreSQL")["value"], cores, lambda name: "cores" in name
    )


def _plan_quota(options: Options, azure: Azure) -> Iterator[Finding]:
    path = f"{azure.subscription}/providers/Microsoft.Web/locations/{options.location}/usages"
    size = options.tier.plan_sku.lower()
    said = azure.ask(path, "Microsoft.Web")["value"]
    yield from _quota("App Service quota", said, options.most_instances, lambda name: size in name.replace(" ", ""))


def _quota(what: str, said: list[Mapping[str, Any]], wanted: int, which: Callable[[str], bool]) -> Iterator[Finding]:
    """Whether what is left of the counters that `which` knows by name is enough; unknown without such a counter."""
    counters = [one for one in said if which(str(one.get("name", {}).get("value", "")).lower())]
    if not counters:
        yield Finding(what, "unknown", "Azure has no counter for it")
        return
    left = min(int(one["limit"]) - int(one["currentValue"]) for one in counters)
    if left < wanted:
        yield Finding(what, "refused", f"{wanted} needed, {left} left", "ask for more in the portal: Quotas")
    else:
        yield Finding(what, "ok", f"{left} left, {wanted} needed")


def _present_server(options: Options, azure: Azure) -> Iterator[Finding]:
    """The server as it is, if it is: what it was created with stays."""
    names = options.names
    path = f"{azure.subscription}/resourceGroups/{names.group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/{names.server}"
    try:
        properties = azure.ask(path, "Microsoft.DBforPostgreSQL")["properties"]
    except HttpResponseError as error:
        if error.status_code == 404:
            return
        raise
    yield created_for_good(options, properties["backup"]["geoRedundantBackup"] == "Enabled")


def created_for_good(options: Options, geo_redundant: bool) -> Finding:
    """Geo-redundant backup is chosen when a server is created; another choice is another server, without the data."""
    if geo_redundant == options.tier.geo_redundant:
        return Finding("geo-redundant backup", "ok", "is as the server was created")
    now, wanted = ("has", "none") if geo_redundant else ("has no", "it")
    return Finding(
        "geo-redundant backup",
        "refused",
        f"{options.names.server} {now} geo-redundant backup, and is to have {wanted}; that is chosen when a server is created",
        f"set geoRedundant to {str(geo_redundant).lower()}, or restore into a server of another name (docs/azure.md)",
    )
