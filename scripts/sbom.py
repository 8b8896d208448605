"""Bills of materials of a release, in CycloneDX: `make sbom` writes them into dist/.

One for each of what is given away: the wheel with the local platform, the images' Python, App Service's Python, the web pages and
the blob storage emulator. They come from the locks that installations come from; nothing is guessed from a machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dot_copilot.version import of_checkout

ROOT = Path(__file__).resolve().parents[1]
PYTHON = {"local": "requirements/local.txt", "app": "requirements/app.txt", "azure": "requirements/azure.txt"}
NODE = {"web": "web", "azurite": "deploy/local"}
Bill = dict[str, Any]


def python(lock: Path) -> Bill:
    """From hashed requirements."""
    tool = Path(sys.executable).with_name("cyclonedx-py")
    return _asked([str(tool), "requirements", "--output-reproducible", str(lock)], lock.parent)


def node(directory: Path) -> Bill:
    """From package-lock.json, without what only builds."""
    lock = json.loads((directory / "package-lock.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "locked"
        copy.mkdir()
        for file in ("package.json", "package-lock.json"):
            content = json.loads((directory / file).read_text(encoding="utf-8"))
            # npm wants a version of the whole, which ours need not have.
            for one in (content, content.get("packages", {}).get("", {})):
                one["version"] = "0.0.0"
            (copy / file).write_text(json.dumps(content), encoding="utf-8")
        bill = _asked(["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], copy)
    # Of the day and of chance, so that the same commit would give another bill.
    bill.pop("serialNumber", None)
    bill["metadata"].pop("timestamp", None)
    return _only(bill, _running(lock))


def _running(lock: dict[str, Any]) -> set[tuple[str, str]]:
    """Names and versions of what is installed to run. The lock says it: npm's own `--omit dev` leaves React out of the bill."""
    packages = ((name.rpartition("node_modules/")[2], one) for name, one in lock.get("packages", {}).items() if name)
    return {(one.get("name", name), one["version"]) for name, one in packages if not one.get("dev") and "version" in one}


def _only(bill: Bill, kept: set[tuple[str, str]]) -> Bill:
    """The bill of these components alone, and what they depend on among each other."""
    root = bill["metadata"]["component"]["bom-ref"]
    parts = [part for part in bill.get("components", []) if (part["name"], part["version"]) in kept]
    refs = {part["bom-ref"] for part in parts}
    edges = [
        {**edge, "dependsOn": [ref for ref in edge.get("dependsOn", []) if ref in refs]}
        for edge in bill.get("dependencies", [])
        if edge["ref"] in refs | {root}
    ]
    return {**bill, "components": parts, "dependencies": edges}


def named(bill: Bill, name: str, version: str) -> Bill:
    """The bill as that of one thing of a release; every component must have a version, and what it can be checked with."""
    # Its own reference stays: what it depends on is said by it.
    own = bill["metadata"].get("component", {}).get("bom-ref", "dot-copilot")
    component = {"type": "application", "bom-ref": own, "name": f"dot-copilot-{name}", "version": version}
    parts = bill.get("components", [])
    if not parts:
        raise ValueError(f"the lock of {name} names no package")
    for part in parts:
        if not part.get("version") or not part.get("purl"):
            raise ValueError(f"{part.get('name')} in the bill of {name} has no version or no package URL")
    return {**bill, "metadata": {**bill["metadata"], "component": {**component, "licenses": [{"license": {"id": "Apache-2.0"}}]}}}


def _asked(command: list[str], directory: Path) -> Bill:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603 - our own
    if done.returncode != 0:
        raise ValueError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")
    bill: Bill = json.loads(done.stdout)
    return bill


def main(out: Path = ROOT / "dist", root: Path = ROOT) -> int:
    """Writes them; says what is where. 1 if one cannot be made."""
    out.mkdir(exist_ok=True)
    version = of_checkout(root)
    made: dict[str, Callable[[], Bill]] = {name: partial(python, root / lock) for name, lock in PYTHON.items()}
    made |= {name: partial(node, root / place) for name, place in NODE.items()}
    for name, make in made.items():
        try:
            bill = named(make(), name, version)
        except (ValueError, OSError) as wrong:
            sys.stderr.write(f"no bill of materials: {wrong}\n")
            return 1
        path = out / f"dot-copilot-{name}.cdx.json"
        path.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(root) if path.is_relative_to(root) else path}: {len(bill['components'])} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
