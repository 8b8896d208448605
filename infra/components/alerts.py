"""Who is told of what: metric alerts on the site, the plan and the database, and log alerts from infra/queries."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import monitor

from infra.components.base import Component, Place
from infra.queries import Query
from infra.queries.boards import alerts
from infra.queries.model import Value

_SITE, _DATABASE, _PLAN = "Microsoft.Web/sites", "Microsoft.DBforPostgreSQL/flexibleServers", "Microsoft.Web/serverfarms"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the metric alerts look at."""

    site: pulumi.Output[str]
    plan: pulumi.Output[str]
    database: pulumi.Output[str]


@dataclass(frozen=True, slots=True)
class MetricAlert:
    """Fires when `metric`, taken over `window` as `how`, is beyond `threshold`. Severities as in `infra.queries`."""

    name: str
    title: str
    kind: str
    metric: str
    how: monitor.AggregationTypeEnum
    threshold: float
    severity: int
    window: str = "PT5M"
    operator: monitor.Operator = monitor.Operator.GREATER_THAN


_SUM, _MEAN = monitor.AggregationTypeEnum.TOTAL, monitor.AggregationTypeEnum.AVERAGE
METRIC_ALERTS = (
    MetricAlert("error-rate", "More than ten answers in five minutes were errors of ours", _SITE, "Http5xx", _SUM, 10, 1),
    MetricAlert("response-time", "Answers take longer than two seconds on average", _SITE, "HttpResponseTime", _MEAN, 2, 2),
    MetricAlert(
        "database-cpu", "The database computes more than 80 % of the time", _DATABASE, "cpu_percent", _MEAN, 80, 2, "PT15M"
    ),
    MetricAlert(
        "health",
        "Less than all instances are healthy",
        _SITE,
        "HealthCheckStatus",
        _MEAN,
        100,
        1,
        "PT5M",
        monitor.Operator.LESS_THAN,
    ),
    MetricAlert("database-storage", "The database's disk is 80 % full", _DATABASE, "storage_percent", _MEAN, 80, 1, "PT15M"),
    MetricAlert("database-memory", "The database uses 90 % of its memory", _DATABASE, "memory_percent", _MEAN, 90, 2, "PT15M"),
    MetricAlert("memory", "The plan uses 90 % of its memory", _PLAN, "MemoryPercentage", _MEAN, 90, 2, "PT15M"),
)
"""The first three are the seed's; the rest are what stops a small site most often."""


class Alerts(Component):
    """`group` tells the addresses of the stack's configuration; nobody is told when there are none."""

    def __init__(self, place: Place, watched: Watched, workspace: pulumi.Output[str]) -> None:
        super().__init__("alerts")
        self._place = place
        self.group = monitor.ActionGroup(
            "people",
            action_group_name=place.options.names.of("ag"),
            group_short_name="dot-copilot",
            enabled=True,
            email_receivers=[
                monitor.MicrosoftCommonEmailReceiverArgs(
                    name=f"mail-{number}", email_address=address, use_common_alert_schema=True
                )
                for number, address in enumerate(place.options.alert_emails)
            ],
            location="global",
            resource_group_name=place.group,
            tags=place.options.tags,
            opts=self.own(),
        )
        scopes = {_SITE: watched.site, _PLAN: watched.plan, _DATABASE: watched.database}
        for alert in METRIC_ALERTS:
            self._metric(alert, scopes[alert.kind])
        if place.options.tier.log_alerts:
            self._logs(workspace)
        self.register_outputs({})

    def _metric(self, alert: MetricAlert, scope: pulumi.Output[str]) -> None:
        monitor.MetricAlert(
            f"alert-{alert.name}",
            rule_name=f"{alert.name}-{self._place.options.env}",
            description=alert.title,
            severity=alert.severity,
            enabled=True,
            auto_mitigate=True,
            scopes=[scope],
            evaluation_frequency="PT1M",
            window_size=alert.window,
            criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                all_of=[
                    monitor.MetricCriteriaArgs(
                        criterion_type="StaticThresholdCriterion",
                        name=alert.name,
                        metric_namespace=alert.kind,
                        metric_name=alert.metric,
                        operator=alert.operator,
                        threshold=alert.threshold,
                        time_aggregation=alert.how,
                    )
                ],
            ),
            actions=[monitor.MetricAlertActionArgs(action_group_id=self.group.id)],
            location="global",
            resource_group_name=self._place.group,
            tags=self._place.options.tags,
            opts=self.own(),
        )

    def _values(self, query: Query) -> dict[str, Value]:
        """The limits of this stack, for the queries that compare with them."""
        given: dict[str, Value] = {"dailyBudgetGb": self._place.options.log_gb_a_day}
        return {parameter.name: given[parameter.name] for parameter in query.parameters if parameter.name in given}

    def _logs(self, workspace: pulumi.Output[str]) -> None:
        for query in alerts():
            wake = query.alert
            assert wake is not None
            name = query.name.removeprefix("alert_").replace("_", "-")
            monitor.ScheduledQueryRule(
                f"log-alert-{name}",
                rule_name=f"{name}-{self._place.options.env}",
                kind="LogAlert",
                display_name=query.title,
                description=f"{query.answers} Runbook: docs/runbooks/{wake.runbook}.md",
                severity=wake.severity,
                enabled=True,
                auto_mitigate=True,
                scopes=[workspace],
                evaluation_frequency=wake.every,
                window_size=wake.window,
                criteria=monitor.ScheduledQueryRuleCriteriaArgs(
                    all_of=[
                        monitor.ConditionArgs(
                            query=query.with_values(**self._values(query)),
                            metric_measure_column=wake.measure,
                            time_aggregation=monitor.TimeAggregation.MAXIMUM,
                            operator="GreaterThan",  # ARM's word: the SDK's own enum has 'gt', which it refuses
                            threshold=wake.threshold,
                            failing_periods=monitor.ConditionFailingPeriodsArgs(
                                min_failing_periods_to_alert=1, number_of_evaluation_periods=1
                            ),
                        )
                    ]
                ),
                actions=monitor.ActionsArgs(action_groups=[self.group.id]),
                # A table is there only once something was written into it, and so not on the first day.
                skip_query_validation=True,
                **self._place.located,
                opts=self.own(),
            )
