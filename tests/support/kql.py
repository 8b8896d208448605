"""A workspace of made-up rows, which a query can be run on: KQL translated to DuckDB's SQL, on the declared tables.

The translator knows most of KQL, and refuses what it doesn't (weighted percentiles, series); what is right KQL is
Microsoft's language service to say (`infra.queries.checking`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb_kql

from infra.queries import query
from infra.queries.tables import TABLES

_TYPES = {
    "bool": "boolean",
    "datetime": "timestamp",
    "dynamic": "json",
    "int": "integer",
    "long": "bigint",
    "real": "double",
    "string": "varchar",
}
Row = dict[str, Any]


class Workspace:
    """All declared tables, empty at first."""

    def __init__(self) -> None:
        self._connection = duckdb_kql.connect()
        for table, columns in TABLES.items():
            kinds = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in columns.items())
            self._connection.execute(f'create table "{table}" ({kinds})')

    def add(self, table: str, ago: timedelta, **columns: object) -> None:
        """One row, of that long ago."""
        at = datetime.now(UTC).replace(tzinfo=None) - ago
        row = {"TimeGenerated": at, **columns}
        values = [json.dumps(value) if isinstance(value, dict) else value for value in row.values()]
        names, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        self._connection.execute(f'insert into "{table}" ({names}) values ({places})', values)

    def requests(self, ago: timedelta, status: int, *, count: int = 1, **columns: object) -> None:
        """A request that stands for `count`; status 0 is a job."""
        row = {"ItemCount": count, "ResultCode": str(status), "Success": 0 < status < 400, "AppRoleName": "dot-copilot.api"}
        self.add("AppRequests", ago, **row | {"Name": "GET /api/v1/drivers", "DurationMs": 20.0} | columns)

    def metric(self, ago: timedelta, name: str, value: float, **labels: str) -> None:
        """A counter's rise or a gauge's value, as Azure's exporter sends it."""
        self.add("AppMetrics", ago, Name=name, Sum=float(value), ItemCount=1, Properties=labels, AppRoleName="dot-copilot.api")

    def run(self, name: str, **values: float | str) -> list[Row]:
        """The rows that a query of ours returns."""
        answer = duckdb_kql.kql(self._connection, query(name).with_values(**values))
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]

    def fires(self, name: str, **values: float | str) -> bool:
        """Whether an alert would fire: a row's measure is greater than its threshold."""
        alert = query(name).alert
        assert alert is not None
        return any(row[alert.measure] is not None and row[alert.measure] > alert.threshold for row in self.run(name, **values))
