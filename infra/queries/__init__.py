"""The questions asked of Application Insights and Log Analytics, as files that are checked before they are deployed.

`files.queries()` reads them, `boards` says which tile of the workbook or dashboard shows which and which wake somebody,
`checking.check()` proves them against `tables.TABLES` with Microsoft's own language service, offline.
"""

from infra.queries.files import queries, query
from infra.queries.model import Alert, BadQuery, Parameter, Query

__all__ = ["Alert", "BadQuery", "Parameter", "Query", "queries", "query"]
