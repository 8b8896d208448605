"""`dot-copilot compose prepare`: everything compose.yaml mounts, made or brought up to date; safe to repeat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from dot_copilot.containers import secrets, vault
from dot_copilot.containers.place import SHARED, Place
from dot_copilot.stack.home import write_private
from dot_copilot.stack.parts import nginx, prometheus
from dot_copilot.stack.parts.doorway import Doorway
from dot_copilot.stack.templates import render

_INCLUDES = Path("/etc/nginx/dot-copilot")
_RESOLVED = """\
        # Docker's own name server: containers get another address when they are made anew.
        resolver 127.0.0.11 valid=5s ipv6=off;
        zone {upstream} 64k;
        server {service}:8000 resolve max_fails=0;"""
_METRICS = {"api": "api:9100", "worker": "worker:9100", "gateway": "mcp-gateway:9100", "nginx": "nginx:9113"}
_METRICS |= {"postgres": "postgres:9187", "valkey": "redis:9121", "openbao": "vault:8200", "prometheus": "127.0.0.1:9090"}
_METRICS |= {"grafana": "grafana:3000"}
"""Where each job of the rules is asked for its metrics. The drawing's Redis and Vault keep the jobs of the local stack."""


def prepare(place: Place, *, certificate: Path | None = None, key: Path | None = None) -> Iterator[str]:
    """Make the files; says what was done, line by line.

    `certificate` (with its chain) and `key` are shown instead of those of the installation's own authority.
    Raises StackError when the authority was made for another host.
    """
    place.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Docker's daemon, which opens the files, is root; nobody else may come past here.
    place.root.chmod(0o700)
    made = secrets.make(place)
    yield f"{len(made)} secrets made in {place.secrets}" if made else f"all secrets are there, in {place.secrets}"
    yield from _certificates(place, certificate, key)
    write_private(place.directory("nginx") / "nginx.conf", nginx_configuration(place), SHARED)
    store = place.directory("vault")
    write_private(store / "vault.hcl", vault.configuration(secrets.vault_names()), SHARED)
    write_private(store / "renew.sh", vault.renewal(secrets.vault_names()), SHARED)
    for name, text in prometheus_configuration().items():
        write_private(place.directory("prometheus") / name, text, SHARED)
    place.remember({"DOT_PUBLIC_URL": place.url, "DOT_COMPOSE_DIR": str(place.root), "DOT_HTTPS_PORT": str(place.port)})
    yield f"configuration rendered in {place.root}"
    yield f"next: {place.command} up --build --wait; then open {place.url}"


def _certificates(place: Place, certificate: Path | None, key: Path | None) -> Iterator[str]:
    if certificate is None or key is None:
        ours = place.certificates
        if ours.ensure():
            yield f"a certificate made; if nginx runs already: {place.command} restart nginx"
        yield from ours.advice()
        certificate, key = ours.certificate, ours.key
    for name, source in (("tls_certificate", certificate), ("tls_key", key)):
        write_private(place.secrets / name, source.read_bytes(), SHARED)


def nginx_configuration(place: Place) -> str:
    """nginx.conf for its container, from the local stack's template."""
    host = f"[{place.host}]" if ":" in place.host else place.host
    doorway = Doorway(
        listen="443",
        metrics="9113",
        metrics_names=("nginx", "127.0.0.1", "localhost"),
        host=host,
        names=tuple(dict.fromkeys((host, "localhost", "127.0.0.1", "[::1]"))),
        port=place.port,
        certificate=Path("/run/secrets/tls_certificate"),
        key=Path("/run/secrets/tls_key"),
        plain="80",
    )
    values = {
        "user": "",
        "modules": "load_module /usr/lib/nginx/modules/ngx_http_js_module.so;",
        "api_servers": _RESOLVED.format(upstream="api", service="api"),
        "gateway_servers": _RESOLVED.format(upstream="mcp_gateway", service="mcp-gateway"),
        **nginx.one_colour("/srv/web"),
        "includes": str(_INCLUDES),
        "access_log": "/dev/stdout",
        **nginx.Gateway(workers=2).values(),
        **doorway.values(_INCLUDES),
    }
    return nginx.configuration(values)


def prometheus_configuration() -> dict[str, str]:
    """prometheus.yml from the local stack's template, and the lists it reads, by the names of the files."""
    directory = "/etc/prometheus/rendered"
    targets = [_target(job, address) for job, address in _METRICS.items()]
    # Nobody is guarded by a password here: there is nothing to silence, and Grafana asks as well.
    files = {"targets.json": json.dumps(targets, indent=2) + "\n", "guarded.json": "[]\n", "alertmanagers.json": "[]\n"}
    values = {
        "interval": "15s",
        "rules": "/etc/prometheus/rules",
        "targets": f"{directory}/targets.json",
        "guarded": f"{directory}/guarded.json",
        "alertmanagers": f"{directory}/alertmanagers.json",
        "sign_in": "null",
    }
    template = (prometheus.directory() / "prometheus.yml.template").read_text()
    return {"prometheus.yml": render(template, values), **files}


def _target(job: str, address: str) -> dict[str, object]:
    more = {"__metrics_path__": "/v1/sys/metrics", "__param_format": "prometheus"} if job == "openbao" else {}
    part = "mcp-gateway" if job == "gateway" else job
    return {"targets": [address], "labels": {"job": job, "part": part, "instance": part, **more}}
