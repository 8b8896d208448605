"""nginx behind the platform's own front end, which ends TLS and says in X-Forwarded-For who is calling."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from dot_copilot.stack.parts import nginx
from dot_copilot.stack.parts.doorway import Doorway

# The front end calls from addresses of these networks, and appends the caller's address: the last one is its word.
_FRONT_END = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8")
_GENERAL_RATE, _GENERAL_BURST = 200, 400
_PAGE = """<!doctype html>
<html lang="en"><title>DOT-Copilot</title><p>This is the API. <a href="{url}">Open the application.</a></p></html>
"""


def prepare(
    directory: Path,
    *,
    listen: str,
    metrics: int,
    api: Sequence[int],
    gateway: Sequence[int],
    web_url: str,
    workers: int = 1,
) -> Path:
    """Writes nginx.conf and what it includes into `directory`; returns the file.

    `listen` is an address with a port; `metrics`, `api` and `gateway` are ports on this machine. `web_url` is where the pages
    are, or ''.
    """
    includes, root = directory / "includes", directory / "root"
    shutil.copytree(nginx.templates(), includes, dirs_exist_ok=True)
    root.mkdir(exist_ok=True)
    (directory / "temp").mkdir(exist_ok=True)
    directory.chmod(0o755)  # nginx gives its work to a user who is nobody special
    (root / "index.html").write_text(_PAGE.format(url=web_url or "/api/docs"))
    headers = includes / "headers.conf"
    headers.write_text(across_origins(headers.read_text(), web_url))
    doorway = Doorway(listen=listen, metrics=f"127.0.0.1:{metrics}")
    limits = nginx.Gateway(general_rate=_GENERAL_RATE, general_burst=_GENERAL_BURST, workers=workers)
    values = {
        "user": nginx.worker_user(root),
        "modules": "",
        "api_servers": _servers(api),
        # Without a gateway nobody listens there, and the door says so.
        "gateway_servers": _servers(gateway or (9,)),
        **nginx.one_colour(str(root)),
        "includes": str(includes),
        "access_log": "/dev/stdout",
        **limits.values(),
        **doorway.values(includes),
    }
    values["listen"] += "".join(f"\n        set_real_ip_from {network};" for network in _FRONT_END)
    values["listen"] += "\n        real_ip_header X-Forwarded-For;"
    path = directory / "nginx.conf"
    path.write_text(nginx.configuration(values))
    return path


def across_origins(headers: str, web_url: str) -> str:
    """The headers for pages at another origin: theirs may show documents in their frames, and nobody else's."""
    if not web_url:
        return headers
    documents, after = "frame-ancestors 'self'", '";\n    "~^/(api'
    changed = headers.replace(documents + after, f"{documents} {web_url}{after}")
    # An older header that knows no other origin: the policy above says the same, and more exactly.
    changed = changed.replace('"~^/api/v1/documents/" SAMEORIGIN;', '"~^/api/v1/documents/" "";')
    changed = changed.replace("Cross-Origin-Resource-Policy same-origin", "Cross-Origin-Resource-Policy same-site")
    if changed.count(web_url) != 1 or "SAMEORIGIN" in changed or "same-site" not in changed:
        raise ValueError("deploy/nginx/headers.conf has changed; say here how pages at another origin may show documents")
    return changed


def _servers(ports: Sequence[int]) -> str:
    return "\n".join(f"        server 127.0.0.1:{port} max_fails=0;" for port in ports)
