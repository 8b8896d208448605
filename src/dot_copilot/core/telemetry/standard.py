"""The instruments that several parts share, and the marks they are read by. Labels and names are in docs/telemetry.md."""

from __future__ import annotations

from dot_copilot.core.telemetry.instruments import SHORT_SECONDS
from dot_copilot.core.telemetry.registry import counter, gauge, histogram

HTTP_SERVER = histogram(
    "http_server_request_duration_seconds",
    "Requests answered, by route template.",
    ("http_request_method", "http_route", "http_response_status_code"),
    limit=600,
)
HTTP_ACTIVE = gauge("http_server_active_requests", "Requests being answered now.")
HTTP_CLIENT = histogram(
    "http_client_request_duration_seconds",
    "Requests to other servers; the status is 0 when there was no answer.",
    ("server", "http_response_status_code"),
)
DB_OPERATION = histogram(
    "db_client_operation_duration_seconds",
    "Statements sent to PostgreSQL; ENTER begins a tenant's transaction.",
    ("db_operation_name",),
    bounds=SHORT_SECONDS,
)
DB_WAIT = histogram("db_client_connection_wait_seconds", "How long a free connection was waited for.", bounds=SHORT_SECONDS)
DB_CONNECTIONS = gauge("db_client_connection_count", "Connections of the pool.", ("state",))
DB_CONNECTIONS_MAX = gauge("db_client_connection_max", "How many connections the pool may open.")
VALKEY = histogram(
    "valkey_client_operation_duration_seconds", "Round trips to Valkey.", ("operation",), bounds=SHORT_SECONDS, limit=40
)
BUILD = gauge("dot_build_info", "1, with the version.", ("version",))
SECRET_AGE = gauge("dot_secret_age_seconds", "How old the newest version of a secret is.", ("secret",))
CERTIFICATE_EXPIRES = gauge(
    "dot_certificate_expires_timestamp_seconds", "When a certificate runs out, in seconds since the epoch.", ("certificate",)
)
EVENT_DOCUMENTS = counter("dot_event_documents_total", "Raw event documents stored, by kind and outcome.", ("kind", "outcome"))
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
