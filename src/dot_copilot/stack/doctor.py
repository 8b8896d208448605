"""`dot-copilot doctor`: everything the stack needs, and how to mend what is missing."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from dot_copilot import resources
from dot_copilot.stack import binaries, event_store, ports, report, servant
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts import archiving

_LEAST_FREE_GB = 2
_OLDEST_NODE = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do when it is not `ok`."""

    what: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True


def examine(home: Home, port: int) -> list[Finding]:
    """Look at everything; the order is the order in which one would mend it."""
    here = [_python(), *_programs(), *_monitoring(), _node(), _web()]
    return [
        *here,
        *_home(home),
        _disk(home),
        _port(home, port),
        _system(),
        _events(home),
        _backups(home),
        _alerts(),
        _viruses(),
        _mail(),
        _chromium(),
    ]


def _python() -> Finding:
    version = platform.python_version()
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Finding("Python", good, version, "install Python 3.11, 3.12 or 3.13, then run 'make setup PYTHON=/path/to/it'")


def _programs() -> Iterator[Finding]:
    programs: dict[str, tuple[Callable[[], Path], str]] = {
        "PostgreSQL": (lambda: binaries.postgres("postgres"), "--version"),
        "Valkey": (binaries.valkey, "--version"),
        "nginx": (binaries.nginx, "-v"),
        "OpenBao": (binaries.openbao, "--version"),
        "GitHub's MCP server": (binaries.github, "--version"),
    }
    for name, (find, option) in programs.items():
        try:
            yield _version(name, [str(find()), option])
        except binaries.BinaryMissingError as error:
            yield Finding(name, False, "missing", str(error))


def _monitoring() -> Iterator[Finding]:
    names = {
        "prometheus": "Prometheus",
        "alertmanager": "Alertmanager",
        "postgres-exporter": "PostgreSQL's exporter",
        "valkey-exporter": "Valkey's exporter",
    }
    for part, name in names.items():
        try:
            found = _version(name, [str(binaries.monitoring(part)), "--version"], needed=False)
        except binaries.BinaryMissingError as error:
            yield Finding(name, False, "missing, so its part is off", str(error), needed=False)
            continue
        version = re.search(r"(?:version |Exporter )(\S+)", found.found)
        yield replace(found, found=version.group(1) if version else found.found)


def _viruses() -> Finding:
    """Whether anybody looks for viruses in what people upload; nobody has to."""
    address = os.environ.get("DOT_CLAMD", "")
    found = f"asked of clamd at {address}" if address else "not looked for; DOT_CLAMD=host:port names a clamd that does"
    return Finding("viruses", True, found, needed=False)


def _mail() -> Finding:
    """How mail leaves. A server that wants a password wants TLS, too: without, none is ever sent."""
    way, user = os.environ.get("DOT_MAIL") or "file", os.environ.get("DOT_SMTP_USER", "")
    if way != "smtp":
        where = "written into files below the home" if way == "file" else "written to the log"
        return Finding("mail", True, f"{where}; DOT_MAIL=smtp sends it (docs/people.md)", needed=False)
    host, port = os.environ.get("DOT_SMTP_HOST") or "127.0.0.1", os.environ.get("DOT_SMTP_PORT") or "587"
    good = not (user and os.environ.get("DOT_SMTP_TLS") == "none")
    password = f", as {user} with the secret smtp_password" if user else ""
    remedy = "set DOT_SMTP_TLS to starttls or implicit; without TLS the password is never sent"
    return Finding("mail", good, f"sent by {host}:{port}{password}", "" if good else remedy, needed=False)


def _alerts() -> Finding:
    webhook = os.environ.get("DOT_ALERT_WEBHOOK", "")
    host = urlsplit(webhook).hostname if webhook else None
    return Finding("alerts", True, f"sent to {host}" if host else "shown only; DOT_ALERT_WEBHOOK=URL sends them on", needed=False)


def _version(name: str, command: list[str], needed: bool = True) -> Finding:
    remedy = "the program does not start on this machine; run 'make clean' and 'make setup', and check its architecture"
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - our own list
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(name, False, str(error), remedy, needed)
    first = (done.stdout or done.stderr).strip().split("\n", 1)[0]
    return Finding(name, done.returncode == 0, first, remedy, needed)


def _node() -> Finding:
    what, remedy = (
        "Node.js and Azurite",
        f"install Node.js {_OLDEST_NODE} or newer, then run '{resources.setup_command()}'; without it uploads are off",
    )
    try:
        node = binaries.node()
        binaries.azurite()
        binaries.azurite_preload()
    except binaries.BinaryMissingError as error:
        return Finding(what, False, str(error), remedy)
    version = _version(what, [str(node), "--version"])
    major = version.found.lstrip("v").split(".")[0]
    good = version.ok and major.isdigit() and int(major) >= _OLDEST_NODE
    return Finding(what, good, version.found, remedy)


def _web() -> Finding:
    page = binaries.repository_root() / "web/dist/index.html"
    return Finding("web application", page.exists(), "built" if page.exists() else "not built", "run 'make setup'")


def _home(home: Home) -> Iterator[Finding]:
    yield _writable(home)
    if os.geteuid() != 0:
        return
    try:
        hired = servant.hire(_existing_parent(home.root))
    except (StackError, binaries.BinaryMissingError) as error:
        yield Finding("PostgreSQL's user", False, "cannot reach its files", str(error))
        return
    found = "nobody, with the right to pass closed directories" if hired.prefix else "nobody"
    yield Finding("PostgreSQL's user", True, found)


def _writable(home: Home) -> Finding:
    remedy = "choose another home with --home or DOT_COPILOT_HOME, or start the stack as the owner of this one"
    place = _existing_parent(home.root)
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding("home", False, f"{place} is not writable", remedy)
    owner = place.stat().st_uid
    mine = home.root != place or owner == os.geteuid()
    return Finding("home", mine, str(home.root) if mine else f"{home.root} belongs to user {owner}", remedy)


def _existing_parent(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(_existing_parent(home.root)).free / 1e9
    return Finding(
        "disk", free > _LEAST_FREE_GB, f"{free:.0f} GB free", f"free at least {_LEAST_FREE_GB} GB, or move with --home"
    )


def _port(home: Home, port: int) -> Finding:
    what = f"port {port}"
    snapshot = report.current(home)
    if snapshot.running and snapshot.url.endswith(f":{port}"):
        return Finding(what, True, "held by this very stack, which runs")
    if ports.is_free(port):
        return Finding(what, True, "free")
    return Finding(what, False, f"taken by {ports.holder(port)}", "stop it, or choose another port with --port")


def _system() -> Finding:
    good = sys.platform == "linux" and hasattr(os, "pidfd_open")
    return Finding("system", good, f"{platform.system()} {platform.release()}", "the local stack needs Linux 5.3 or newer")


def _events(home: Home) -> Finding:
    ok, found, remedy = event_store.look(home)
    return Finding("event documents", ok, found, remedy)


def _backups(home: Home) -> Finding:
    ok, found, remedy = archiving.look(home)
    return Finding("backups", ok, found, remedy, needed=False)


def _chromium() -> Finding:
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    remedy = "only browser tests need it: 'apt-get install chromium' (or your system's package)"
    return Finding("Chromium", found is not None, found or "not installed", remedy, needed=False)
