"""The tables of a workspace that the queries read, with the columns and types that Microsoft documents.

Source: the Azure Monitor Logs reference, learn.microsoft.com/azure/azure-monitor/reference/tables/NAME, read in November 2026.
Only columns that somebody may want are declared; client addresses, cities and user ids are left out on purpose, so
that a query which reads them does not pass the check.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Kind = Literal["bool", "datetime", "dynamic", "int", "long", "real", "string"]
Columns = Mapping[str, Kind]

# What every row of Application Insights carries. `ItemCount` says how many events a sampled row stands for: counts are its sum.
_TELEMETRY: Columns = {
    "TimeGenerated": "datetime",
    "AppRoleName": "string",
    "AppRoleInstance": "string",
    "AppVersion": "string",
    "ItemCount": "int",
    "OperationId": "string",
    "OperationName": "string",
    "ParentId": "string",
    "Properties": "dynamic",
    "_ResourceId": "string",
}
_TIMED: Columns = {"Id": "string", "Name": "string", "DurationMs": "real", "Success": "bool", "Measurements": "dynamic"}

TABLES: Mapping[str, Columns] = MappingProxyType(
    {
        "AppRequests": {**_TELEMETRY, **_TIMED, "ResultCode": "string", "Source": "string", "Url": "string"},
        "AppDependencies": {
            **_TELEMETRY,
            **_TIMED,
            "Data": "string",
            "DependencyType": "string",
            "ResultCode": "string",
            "Target": "string",
        },
        "AppExceptions": {
            **_TELEMETRY,
            "ExceptionType": "string",
            "InnermostType": "string",
            "Method": "string",
            "OuterMessage": "string",
            "ProblemId": "string",
            "SeverityLevel": "int",
        },
        "AppTraces": {**_TELEMETRY, "Message": "string", "SeverityLevel": "int"},
        # `Sum` of a counter is what it rose by since the last export, of a gauge its value, of a histogram the sum of its values.
        # `Min` and `Max` are those of histograms, as far as buckets tell; of counters and gauges they are empty.
        # `ItemCount` is the number of values here, and has nothing to do with sampling.
        "AppMetrics": {**_TELEMETRY, "Name": "string", "Sum": "real", "Min": "real", "Max": "real"},
        "AppAvailabilityResults": {**_TELEMETRY, **_TIMED, "Location": "string"},
        "AzureMetrics": {
            "TimeGenerated": "datetime",
            "Average": "real",
            "Count": "real",
            "Maximum": "real",
            "MetricName": "string",
            "Minimum": "real",
            "Resource": "string",
            "ResourceProvider": "string",
            "Total": "real",
            "UnitName": "string",
            "_ResourceId": "string",
        },
        # Resource-specific: the server's diagnostic setting must say `log_analytics_destination_type="Dedicated"`.
        "PGSQLServerLogs": {
            "TimeGenerated": "datetime",
            "BackendType": "string",
            "ErrorLevel": "string",
            "LogicalServerName": "string",
            "SqlErrorCode": "string",
            "_ResourceId": "string",
        },
        # One row an hour and table; `Quantity` is in megabytes of 1,000,000 bytes, as the invoice counts.
        "Usage": {
            "TimeGenerated": "datetime",
            "StartTime": "datetime",
            "EndTime": "datetime",
            "DataType": "string",
            "IsBillable": "bool",
            "Quantity": "real",
        },
    }
)


def schema(columns: Columns) -> str:
    """Columns as Kusto writes them: `(Name: type, ...)`."""
    return "(" + ", ".join(f"['{name}']: {kind}" for name, kind in columns.items()) + ")"
