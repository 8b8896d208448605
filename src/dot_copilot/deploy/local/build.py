"""Releases on this machine: `<home>/releases/<version>/`, made from a commit, or from a wheel, complete or not there at all.

`lib/` is what its processes' Python finds first: the package, with its files inside as in an installed one (`resources`), and
its version. The tree people work in is never copied. Packages it depends on come from the running environment if that was
made from the same lock, else from one of the release's own.
"""

from __future__ import annotations

import compileall
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Collection
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from dot_copilot import resources
from dot_copilot.deploy.commits import resolve as resolve_commit
from dot_copilot.deploy.errors import RefusedError, StepFailedError, UnknownVersionError
from dot_copilot.deploy.model import Release
from dot_copilot.deploy.target import Say
from dot_copilot.stack.colours import OWN, Code
from dot_copilot.stack.home import Home
from dot_copilot.version import version as own_version

_CARRIED = ("migrations", "deploy", "scripts", "requirements")
_LOCK = "requirements/local.txt"
_LONGEST_S = 900
_KEPT = 5


class Builder:
    """Makes releases for one home. `source` is the clone that commits are taken from; the running one if nothing is said."""

    def __init__(self, home: Home, source: Path | None = None) -> None:
        self._home = home
        self._source = source
        self._meant: dict[str, str] = {}

    @property
    def source(self) -> Path:
        """The clone; RefusedError in an installed package."""
        root = self._source or resources.files()
        if not (root / ".git").exists():
            raise RefusedError(f"{root} is no clone of the repository; name a wheel file, a version built before, or --source")
        return root

    def known(self) -> list[str]:
        """Versions that are built, oldest first, and the supervisor's own."""
        found = sorted(self._home.releases.glob("[!.]*/release.json"), key=lambda path: path.stat().st_mtime)
        return [*dict.fromkeys([own_version(), *(path.parent.name for path in found)])]

    def resolve(self, asked: str) -> str:
        """See `Target.resolve`; `asked` may also be a wheel file."""
        if asked in self.known() and asked != own_version():
            return asked
        if asked.endswith(".whl"):
            version = _version_of_wheel(Path(asked))
            self._meant[version] = str(Path(asked).absolute())
            return version
        try:
            version, commit = resolve_commit(asked, self.source)
        except UnknownVersionError as error:
            if asked == own_version():
                return asked
            raise UnknownVersionError(f"{error}. Built here: {', '.join(self.known())}") from None
        self._meant[version] = commit
        return version

    def build(self, version: str, say: Say) -> Release:
        """See `Target.build`."""
        place = self._home.releases / version
        if (place / "release.json").exists():
            return Release(**json.loads((place / "release.json").read_text()))
        if version == own_version() and version not in self._meant:
            return Release(version, "", "")
        if version not in self._meant:
            self.resolve(version)
        meant = self._meant[version]
        self._home.releases.mkdir(mode=0o755, parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{version}.", dir=self._home.releases))
        try:
            making.chmod(0o755)
            if meant.endswith(".whl"):
                _unpack_wheel(Path(meant), making / "lib")
            else:
                self._unpack_commit(meant, version, making / "lib", say)
            say("compiling ...")
            compileall.compile_dir(making / "lib", quiet=2, workers=1)
            release = Release(version, "" if meant.endswith(".whl") else meant, str(place))
            (making / "release.json").write_text(json.dumps(asdict(release)) + "\n")
            shutil.rmtree(place, ignore_errors=True)
            making.rename(place)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return release

    def prune(self, used: Collection[str]) -> list[str]:
        """Remove releases that are neither in a colour (`used`: their directories) nor among the newest; gives their names.

        What is removed is first called by another name, so that half a release is never found.
        """
        found = sorted(self._home.releases.glob("[!.]*/release.json"), key=lambda path: path.stat().st_mtime)
        gone = [path.parent for path in found[:-_KEPT] if str(path.parent) not in used]
        for place in gone:
            going = place.with_name(f".{place.name}.gone")
            shutil.rmtree(going, ignore_errors=True)
            place.rename(going)
        webs = sorted(self._home.releases.glob(".web-*"), key=lambda path: path.stat().st_mtime)
        for place in (*self._home.releases.glob(".*.gone"), *webs[:-_KEPT]):
            shutil.rmtree(place, ignore_errors=True)
        return [place.name for place in gone]

    def code(self, release: Release, say: Say) -> Code:
        """How a release is run; makes an environment for it if it needs packages that the running one has not."""
        if not release.place:
            return OWN
        lock = Path(release.place) / "lib/dot_copilot/_files" / _LOCK
        if not lock.exists() or _hash(lock) == _hash(resources.files() / _LOCK):
            return Code(release.version, release.place)
        return Code(release.version, release.place, str(self._environment(lock, say)))

    def _unpack_commit(self, commit: str, version: str, lib: Path, say: Say) -> None:
        tree = lib.parent / "tree"
        archive = _run(["git", "archive", "--format=tar", commit], self.source)
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(tree, filter="data")
        if not (tree / "src/dot_copilot/serve.py").exists():
            raise StepFailedError(f"{version} has no application that could be started")
        package = lib / "dot_copilot"
        shutil.copytree(tree / "src/dot_copilot", package)
        for name in _CARRIED:
            if (tree / name).exists():
                shutil.copytree(tree / name, package / "_files" / name)
        (package / "VERSION").write_text(version + "\n")
        self._web(commit, tree, package / "_files/web/dist", say)
        shutil.rmtree(tree)

    def _web(self, commit: str, tree: Path, dist: Path, say: Say) -> None:
        """The web application of a commit: built once for each state of its sources."""
        sources = _run(["git", "rev-parse", f"{commit}:web"], self.source).decode().strip()
        built = self._home.releases / f".web-{sources}"
        if not built.is_dir():
            making = Path(tempfile.mkdtemp(prefix=".web.", dir=self._home.releases))
            try:
                if not self._built_already(sources, making / "dist"):
                    say("building the web application ...")
                    self._npm(tree / "web", making / "dist")
                (making / "dist").chmod(0o755)
                (making / "dist").rename(built)
            finally:
                shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(built, dist)

    def _built_already(self, sources: str, dist: Path) -> bool:
        """Whether the clone's own `web/dist` was made from these very sources; then it is copied."""
        built = self.source / "web/dist/index.html"
        if not built.exists() or _run(["git", "rev-parse", "HEAD:web"], self.source).decode().strip() != sources:
            return False
        if _run(["git", "status", "--porcelain", "web"], self.source).strip():
            return False
        listed = _run(["git", "ls-files", "web/src", "web/public", "web/index.html"], self.source).decode().splitlines()
        files = [self.source / name for name in listed]
        if any(path.stat().st_mtime > built.stat().st_mtime for path in files):
            return False
        shutil.copytree(built.parent, dist)
        return True

    def _npm(self, web: Path, dist: Path) -> None:
        packages, ours = web / "node_modules", self.source / "web"
        if (ours / "node_modules").is_dir() and _hash(ours / "package-lock.json") == _hash(web / "package-lock.json"):
            packages.symlink_to(ours / "node_modules")
        else:
            _run(["npm", "ci", "--no-progress", "--loglevel=error"], web, "its web packages can't be fetched")
        _run(["npm", "run", "--silent", "build"], web, "its web application can't be built")
        shutil.move(web / "dist", dist)

    def _environment(self, lock: Path, say: Say) -> Path:
        """An environment with exactly the packages of a lock; complete, or not there at all."""
        place = self._home.releases / f".python-{_hash(lock)[:16]}"
        python = place / "bin/python"
        if (place / "complete").exists():
            return python
        found = Path(sys.executable).with_name("uv")
        uv = str(found) if found.exists() else shutil.which("uv")
        if uv is None:
            raise StepFailedError(
                "it needs Python packages of its own, and uv, which fetches them, is not installed: pip install uv"
            )
        say("fetching its Python packages ...")
        shutil.rmtree(place, ignore_errors=True)
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(place)], lock.parent, "no environment can be made for it")
        install = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",
            "--python",
            str(python),
            "--require-hashes",
            "-r",
            str(lock),
        ]
        _run(install, lock.parent, "its Python packages can't be fetched")
        (place / "complete").touch()
        return python


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _run(command: list[str], directory: Path, what: str = "") -> bytes:
    """What a program says; StepFailedError with its last words if it fails, for instance because a registry can't be reached."""
    try:
        done = subprocess.run(  # noqa: S603 - our own programs
            ["nice", "-n", "5", *command],  # noqa: S607
            cwd=directory,
            capture_output=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepFailedError(f"{what or command[0] + ' failed'}: {error}") from None
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        last = said.splitlines()[-1] if said else f"{command[0]} ended with {done.returncode}"
        raise StepFailedError(f"{what or command[0] + ' failed'}: {last}", {"build.log": said})
    return done.stdout


def _version_of_wheel(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as wheel:
            return wheel.read("dot_copilot/VERSION").decode().strip()
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UnknownVersionError(f"{path} is no wheel of DOT-Copilot ({error}); 'make wheel' makes one") from None


def _unpack_wheel(path: Path, lib: Path) -> None:
    with zipfile.ZipFile(path) as wheel:
        wheel.extractall(lib)  # noqa: S202 - Python's own extraction keeps names inside
