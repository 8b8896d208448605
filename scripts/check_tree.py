"""Checks that no machine can: files stay short, locks name no registry host, no secret-like file is committed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LONGEST = 300
GENERATED = re.compile(r"^web/src/(api|routeTree\.gen)|\.gen\.ts$|^migrations/")
LOCKS = re.compile(r"(package-lock\.json|requirements/.*\.txt)$")
HOSTS = re.compile(r'"resolved":|^--(extra-)?index-url|^--find-links|files\.pythonhosted|registry\.npmjs', re.MULTILINE)
SECRET_NAME = re.compile(r"(\.pem|\.key|\.env|demo-accounts\.json)$")
SECRET_TEXT = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def problems(path: Path, text: str) -> list[str]:
    """What is wrong with one committed file."""
    found = []
    name = path.as_posix()
    lines = text.count("\n")
    if path.suffix in {".py", ".ts", ".tsx"} and lines > LONGEST and not GENERATED.search(name):
        found.append(f"{name}: {lines} lines; split it by meaning (aim for < {LONGEST})")
    if LOCKS.search(name) and HOSTS.search(text):
        found.append(f"{name}: names a registry host; see 'make lock' and .npmrc")
    if SECRET_NAME.search(name) or (path.suffix != ".py" and SECRET_TEXT.search(text)):
        found.append(f"{name}: looks like a secret")
    return found


def main() -> int:
    """Prints what is wrong; 1 if anything is."""
    names = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout.splitlines()  # noqa: S607
    found: list[str] = []
    for path in map(Path, names):
        try:
            text = path.read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        found += problems(path, text)
    sys.stderr.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
