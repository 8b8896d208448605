"""What keeps the environment in bounds: locks on what must not be lost, and a budget that speaks up."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_azure_native import authorization, consumption

from infra.components.base import Component, Place


class Governance(Component):
    """Locks on `kept` (name to id), and a budget for the group that tells the owners and `told`."""

    def __init__(
        self, place: Place, group_id: pulumi.Output[str], kept: Mapping[str, pulumi.Output[str]], told: pulumi.Output[str]
    ) -> None:
        super().__init__("governance")
        for name, resource in kept.items():
            authorization.ManagementLockByScope(
                f"lock-{name}",
                lock_name="kept",
                level=authorization.LockLevel.CAN_NOT_DELETE,
                scope=resource,
                notes="Holds people's data or secrets. Take this lock away only to end the environment (docs/azure.md).",
                opts=self.own(),
            )

        def note(share: float, kind: consumption.ThresholdType) -> consumption.NotificationArgs:
            return consumption.NotificationArgs(
                enabled=True,
                operator=consumption.OperatorType.GREATER_THAN_OR_EQUAL_TO,
                threshold=share,
                threshold_type=kind,
                contact_emails=list(place.options.alert_emails),
                contact_groups=[told],
                contact_roles=["Owner"],
            )

        consumption.Budget(
            "budget",
            budget_name=place.options.names.of("budget"),
            scope=group_id,
            category=consumption.CategoryType.COST,
            amount=place.options.budget_dollars,
            time_grain=consumption.TimeGrainType.MONTHLY,
            time_period=consumption.BudgetTimePeriodArgs(start_date=f"{place.options.budget_from}T00:00:00Z"),
            notifications={
                "most-of-it": note(80, consumption.ThresholdType.ACTUAL),
                "all-of-it": note(100, consumption.ThresholdType.ACTUAL),
                "more-is-coming": note(110, consumption.ThresholdType.FORECASTED),
            },
            opts=self.own(),
        )
        self.register_outputs({})
