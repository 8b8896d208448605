"""Which commit of a clone a person means by a tag, a commit, or the name of a version."""

from __future__ import annotations

import subprocess
from pathlib import Path

from dot_copilot.deploy.errors import RefusedError, UnknownVersionError
from dot_copilot.version import of_checkout, of_commit


def resolve(asked: str, root: Path) -> tuple[str, str]:
    """The version and the commit that are meant; nothing asked means what is checked out.

    RefusedError for a tree with changes; UnknownVersionError naming the releases there are.
    """
    if not asked or asked == "HEAD":
        version = of_checkout(root)
        if version.endswith("dirty"):
            raise RefusedError("the tree has changes that are not committed; commit them, or name a version to deploy")
        return version, _git(root, "rev-parse", "HEAD")
    for name in (f"v{asked}", asked, asked.rpartition("+")[2].rpartition(".")[2].removeprefix("g")):
        if name and not name.startswith("-") and (commit := _commit(root, name)):
            return of_commit(root, commit), commit
    known = _git(root, "tag", "--list", "v[0-9]*", "--sort=-version:refname").split()[:5]
    names = ", ".join(tag.removeprefix("v") for tag in known) or "none yet; any commit will do"
    raise UnknownVersionError(f"there is no version {asked} here; the newest releases are: {names}")


def _commit(root: Path, name: str) -> str:
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except RefusedError:
        return ""


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603, S607
    if done.returncode != 0:
        raise RefusedError(f"git {words[0]} says: {done.stderr.strip() or done.returncode}")
    return done.stdout.strip()
