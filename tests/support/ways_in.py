"""Every way to the metrics through the public door that one could think of: paths, headers, hosts, smuggled requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tests.support import plain_http

MARKS = (b"# TYPE", b"# HELP", b"_total{", b"process_cpu_seconds", b"nginx_up", b"dot_part_state", b"pg_up", b"go_goroutines")
"""What no answer through the door may contain: each is in what some part tells Prometheus."""
PATHS = (
    "/metrics",
    "/metrics/",
    "//metrics",
    "///metrics//",
    "/./metrics",
    "/x/../metrics",
    "/metrics?x=1",
    "/metrics;x",
    "/metrics%00",
    "/metrics%20",
    "/metrics%2f",
    "/metrics%3f",
    "/METRICS",
    "/%6detrics",
    "/%6d%65%74%72%69%63%73",
    "/%256detrics",
    "/.%2fmetrics",
    "/%2fmetrics",
    "/%2e/metrics",
    "/%2e%2e/metrics",
    "/api/metrics",
    "/api/v1/metrics",
    "/api/../metrics",
    "/api/..%2fmetrics",
    "/api/%2e%2e/metrics",
    "/api/%2e%2e%2fmetrics",
    "/api/%252e%252e/metrics",
    "/api/%252e%252e%252fmetrics",
    "/api/..;/metrics",
    "/api/.%00./metrics",
    "/api/v1/..%5c..%5cmetrics",
    "/api//metrics",
    "/api/%c0%ae%c0%ae/metrics",
    "/assets/../metrics",
    "/assets/..%2f..%2fmetrics",
    "/oauth/../metrics",
    "/oauth/%2e%2e/metrics",
    "/mcp/../metrics",
    "/mcp/..%2fmetrics",
    "/mcp/%2e%2e/metrics",
    "/mcp?/metrics",
    "/.well-known/../metrics",
    "/.well-known/oauth-protected-resource/../../metrics",
    "/.well-known/oauth-protected-resource/..%2f..%2fmetrics",
    "/internal/metrics",
    "/internal/../metrics",
    "/healthz/../metrics",
    "/readyz%2f..%2fmetrics",
    "/v1/sys/metrics?format=prometheus",
    "/api/v1/query?query=up",
    "/state",
)
HEADERS = (
    "X-Original-URL: /metrics",
    "X-Rewrite-URL: /metrics",
    "X-Forwarded-Uri: /metrics",
    "X-Forwarded-Prefix: /metrics",
    "X-Accel-Redirect: /metrics",
    "X-Forwarded-For: 127.0.0.1",
    "X-HTTP-Method-Override: GET",
    "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
)


def requests(metrics_ports: Iterable[int]) -> Iterator[bytes]:
    """Bytes to send to the door. `metrics_ports` are those of this machine that tell metrics to whoever may ask."""
    for path in PATHS:
        yield plain_http.get(path)
        yield plain_http.get(path, method="POST")
    for header in HEADERS:
        yield plain_http.get("/", header)
        yield plain_http.get("/api/v1/x", header)
    for port in metrics_ports:
        yield plain_http.get(f"http://127.0.0.1:{port}/metrics")
        yield plain_http.get("/metrics", host=f"127.0.0.1:{port}")
        yield plain_http.get("/metrics", f"X-Forwarded-Host: 127.0.0.1:{port}", "X-Forwarded-Port: " + str(port))
        yield plain_http.get(f"127.0.0.1:{port}", method="CONNECT") + plain_http.get("/metrics")
    for host in ("nginx", "api", "metrics", "127.0.0.1", "[::1]", "localhost:9100", "", "localhost\r\nHost: nginx"):
        yield plain_http.get("/metrics", host=host)
    yield plain_http.get("/metrics", method="HEAD")
    yield plain_http.get("/metrics", method="OPTIONS")
    yield plain_http.get("/metrics", method="TRACE")
    yield b"GET /metrics\r\n\r\n"
    yield b"GET /metrics HTTP/1.0\r\n\r\n"
    inner = plain_http.get("/metrics")
    both = f"Content-Length: {len(inner) + 5}", "Transfer-Encoding: chunked"
    yield plain_http.get("/api/v1/x", *both, method="POST").replace(b"Connection: close\r\n", b"") + b"0\r\n\r\n" + inner
    yield plain_http.get("/api/v1/x", "Content-Length: 0", "Content-Length: 9", method="POST") + inner
    yield plain_http.get("/api/v1/x", "Transfer-Encoding: xchunked", method="POST") + b"0\r\n\r\n" + inner
