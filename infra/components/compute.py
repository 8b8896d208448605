"""What runs the application: a Linux plan with one site, and in production a slot where the next version warms up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_azure_native import monitor, web

from infra.components import settings
from infra.components.base import Component, Place
from infra.components.identity import Identities
from infra.components.network import Network
from infra.components.settings import Around

RUNTIME = "PYTHON|3.12"
START = "python -m dot_copilot.cloud --host 0.0.0.0 --port 8000"
HEALTH = "/healthz"


class Compute(Component):
    """`plan`, `site`, and `slot` where the tier has one."""

    def __init__(
        self, place: Place, net: Network, identities: Identities, around: Around, after: Sequence[pulumi.Resource]
    ) -> None:
        super().__init__("compute")
        self._place, self._net, self._around = place, net, around
        tier, names = place.options.tier, place.options.names
        scaled = place.options.most_instances > 1
        self.plan = web.AppServicePlan(
            "plan",
            name=names.of("plan"),
            kind="linux",
            reserved=True,
            sku=web.SkuDescriptionArgs(name=tier.plan_sku, tier=tier.plan_tier, capacity=1),
            **place.located,
            opts=self.own(ignoring=["sku.capacity"] if scaled else ()),
        )
        self.site = web.WebApp("site", name=names.site, **self._site("production", identities.site), opts=self.own(after=after))
        self._close_doors(web.WebAppFtpAllowed, web.WebAppScmAllowed)
        if place.options.api_domain:
            web.WebAppHostNameBinding(
                "api-domain",
                host_name=place.options.api_domain,
                name=self.site.name,
                resource_group_name=place.group,
                opts=self.own(ignoring=["sslState", "thumbprint"]),  # its certificate can be asked for only once it is bound
            )
        self.slot: web.WebAppSlot | None = None
        if identities.slot is not None:
            self._add_slot(identities, after)
        if scaled:
            self._scale()
        self.register_outputs({})

    @property
    def addresses(self) -> pulumi.Output[list[str]]:
        """Every IPv4 address that the site may call from."""
        return self.site.possible_outbound_ip_addresses.apply(lambda text: sorted(set(text.split(","))))

    def _add_slot(self, identities: Identities, after: Sequence[pulumi.Resource]) -> None:
        assert identities.slot is not None
        self.slot = web.WebAppSlot(
            "slot",
            name=self.site.name,
            slot="staging",
            **self._site("staging", identities.slot),
            opts=self.own(after=after),
        )
        common: dict[str, Any] = {"name": self.site.name, "resource_group_name": self._place.group}
        names = web.WebAppSlotConfigurationNames(
            "sticky", app_setting_names=list(settings.STICKY), **common, opts=self.own(after=[self.slot])
        )
        for name, kind in (("ftp", web.WebAppFtpAllowedSlot), ("scm", web.WebAppScmAllowedSlot)):
            kind(f"slot-{name}", allow=False, slot="staging", **common, opts=self.own(after=[names]))

    def _close_doors(self, *kinds: Any) -> None:
        """No sign-in with a publishing password: deployments come as somebody."""
        for kind in kinds:
            name = "ftp" if kind is web.WebAppFtpAllowed else "scm"
            kind(f"site-{name}", allow=False, name=self.site.name, resource_group_name=self._place.group, opts=self.own())

    def _site(self, slot: str, identity: Any) -> dict[str, Any]:
        """What site and slot have in common: all but their names."""
        values = settings.shared(self._place, self._around) | settings.own(self._place, slot, identity.client_id, identity.name)
        return {
            "kind": "app,linux",
            "reserved": True,
            "server_farm_id": self.plan.id,
            "https_only": True,
            "client_affinity_enabled": False,
            "public_network_access": "Enabled",
            "identity": web.ManagedServiceIdentityArgs(
                type=web.ManagedServiceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
            ),
            "key_vault_reference_identity": identity.id,
            "virtual_network_subnet_id": self._net.app_subnet,
            "site_config": web.SiteConfigArgs(
                linux_fx_version=RUNTIME,
                app_command_line=START,
                always_on=self._place.options.tier.always_on,
                health_check_path=HEALTH,
                min_tls_version=web.SupportedTlsVersions.SUPPORTED_TLS_VERSIONS_1_2,
                scm_min_tls_version=web.SupportedTlsVersions.SUPPORTED_TLS_VERSIONS_1_2,
                ftps_state=web.FtpsState.DISABLED,
                http20_enabled=True,
                http_logging_enabled=True,
                detailed_error_logging_enabled=False,
                remote_debugging_enabled=False,
                vnet_route_all_enabled=self._net.private,
                cors=web.CorsSettingsArgs(allowed_origins=[self._around.web_url], support_credentials=True),
                app_settings=[web.NameValuePairArgs(name=name, value=value) for name, value in sorted(values.items())],
            ),
            **self._place.located,
        }

    def _scale(self) -> None:
        """One more instance above 70 % of processor time over ten minutes, one fewer below 30 %."""
        most = str(self._place.options.most_instances)

        def rule(operator: monitor.ComparisonOperationType, threshold: float, way: monitor.ScaleDirection) -> Any:
            return monitor.ScaleRuleArgs(
                metric_trigger=monitor.MetricTriggerArgs(
                    metric_name="CpuPercentage",
                    metric_resource_uri=self.plan.id,
                    operator=operator,
                    statistic=monitor.MetricStatisticType.AVERAGE,
                    threshold=threshold,
                    time_aggregation=monitor.TimeAggregationType.AVERAGE,
                    time_grain="PT1M",
                    time_window="PT10M",
                ),
                scale_action=monitor.ScaleActionArgs(
                    cooldown="PT10M", direction=way, type=monitor.ScaleType.CHANGE_COUNT, value="1"
                ),
            )

        monitor.AutoscaleSetting(
            "autoscale",
            autoscale_setting_name=self._place.options.names.of("scale"),
            name=self._place.options.names.of("scale"),
            enabled=True,
            target_resource_uri=self.plan.id,
            profiles=[
                monitor.AutoscaleProfileArgs(
                    name="by processor time",
                    capacity=monitor.ScaleCapacityArgs(default="1", minimum="1", maximum=most),
                    rules=[
                        rule(monitor.ComparisonOperationType.GREATER_THAN, 70, monitor.ScaleDirection.INCREASE),
                        rule(monitor.ComparisonOperationType.LESS_THAN, 30, monitor.ScaleDirection.DECREASE),
                    ],
                )
            ],
            **self._place.located,
            opts=self.own(),
        )
