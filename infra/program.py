"""Puts the platform together: one function of the options, with no configuration and no state of its own."""

from __future__ import annotations

from collections.abc import Callable

import pulumi
from pulumi_azure_native import authorization, resources

from infra.components.alerts import Alerts, Watched
from infra.components.base import Place
from infra.components.boards import Boards
from infra.components.cache import Cache
from infra.components.compute import Compute
from infra.components.data import Data
from infra.components.governance import Governance
from infra.components.identity import Identities
from infra.components.monitoring import Monitoring
from infra.components.network import Network
from infra.components.secrets import Secrets
from infra.components.settings import Around
from infra.components.web import Web
from infra.options import SECRETS, SMTP_PASSWORD, Options

Secret = Callable[[str], pulumi.Output[str]]
"""A secret of the stack's configuration by its key, as an output that stays secret."""


def platform(options: Options, secret: Secret) -> dict[str, pulumi.Output[str]]:
    """Declares every resource of an environment; returns what the pipeline needs to know of it."""
    who = authorization.get_client_config_output()
    group = resources.ResourceGroup(
        "group",
        resource_group_name=options.names.group,
        location=options.location,
        tags=options.tags,
        opts=pulumi.ResourceOptions(protect=True),
    )
    place = Place(options, group.name, who.tenant_id, who.subscription_id)
    monitoring = Monitoring(place)
    net = Network(place)
    identities = Identities(place)
    cache = Cache(place, net) if options.redis else None
    values: dict[str, pulumi.Output[str]] = {
        name: secret(key) for key, name in SECRETS.items() if not (cache and key == "valkeyPassword")
    }
    if cache is not None:
        values |= {"valkey-password": cache.password}
    if options.mail.user:
        key, name = SMTP_PASSWORD
        values |= {name: secret(key)}
    secrets = Secrets(place, net, values)
    data = Data(place, net, secret("databasePassword"))
    roles = identities.grant([*secrets.grants, *data.grants])
    web = Web(place)
    around = Around(data, secrets, cache, web.url, monitoring.insights.connection_string)
    ready = [*roles, *secrets.values, *secrets.reached, *data.reached, *(cache.reached if cache else [])]
    compute = Compute(place, net, identities, around, ready)
    if not net.private:
        compute.addresses.apply(lambda found: [data.open_door(f"site-{address.replace('.', '-')}", address) for address in found])
    alerts = Alerts(place, Watched(compute.site.id, compute.plan.id, data.server.id), monitoring.workspace.id)
    Boards(place, monitoring.workspace.id)
    slot = {"slot": compute.slot.id} if compute.slot is not None else {}
    vaults = {"vault": secrets.vault.id, "people-vault": secrets.people_vault.id}
    monitoring.diagnose(
        {"site": compute.site.id, **slot, "postgres": data.server.id, **vaults}
        | {"blobs": data.account.id.apply(lambda account: f"{account}/blobServices/default")}
    )
    kept = {"postgres": data.server.id, "storage": data.account.id, **vaults}
    Governance(place, group.id, kept, alerts.group.id)
    return {
        "group": group.name,
        "site": compute.site.name,
        "api_url": pulumi.Output.from_input(f"https://{options.api_domain or f'{options.names.site}.azurewebsites.net'}"),
        "web": web.name,
        "web_url": web.url,
        "database_host": data.server.fully_qualified_domain_name,
        "vault": secrets.vault.name,
        "workspace": monitoring.workspace.name,
    }
