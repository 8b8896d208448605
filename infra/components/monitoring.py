"""Where telemetry goes: a Log Analytics workspace with a daily limit, and Application Insights on it."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import applicationinsights, monitor, operationalinsights

from infra.components.base import Component, Place


class Monitoring(Component):
    """`workspace` and `insights`."""

    def __init__(self, place: Place) -> None:
        super().__init__("monitoring")
        self._place = place
        names = place.options.names
        self.workspace = operationalinsights.Workspace(
            "workspace",
            workspace_name=names.workspace,
            sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
            retention_in_days=30,  # the first 31 days cost nothing
            workspace_capping=operationalinsights.WorkspaceCappingArgs(daily_quota_gb=place.options.log_gb_a_day),
            features=operationalinsights.WorkspaceFeaturesArgs(
                disable_local_auth=True, enable_log_access_using_only_resource_permissions=True
            ),
            **place.located,
            opts=self.own(),
        )
        self.insights = applicationinsights.Component(
            "insights",
            resource_name_=names.of("appi"),
            kind="web",
            application_type=applicationinsights.ApplicationType.WEB,
            ingestion_mode=applicationinsights.IngestionMode.LOG_ANALYTICS,
            workspace_resource_id=self.workspace.id,
            disable_ip_masking=False,
            **place.located,
            opts=self.own(),
        )
        self.register_outputs({})

    def diagnose(self, resources: Mapping[str, pulumi.Input[str]]) -> None:
        """Sends what Azure itself notes of these resources (name to id) to the workspace, in tables of their own."""
        groups = {"vault": "audit", "people-vault": "audit", "blobs": "audit"}
        for name, resource in resources.items():
            monitor.DiagnosticSetting(
                f"{name}-diagnostics",
                name="to-workspace",
                resource_uri=resource,
                workspace_id=self.workspace.id,
                log_analytics_destination_type="Dedicated",
                logs=[monitor.DiagnosticsLogSettingsArgs(category_group=groups.get(name, "allLogs"), enabled=True)],
                metrics=[monitor.DiagnosticsMetricSettingsArgs(category="AllMetrics", enabled=True)],
                opts=self.own(),
            )
