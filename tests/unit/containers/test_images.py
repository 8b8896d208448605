"""`dot-copilot compose images`: digests come from registries, through Docker, or not at all; and what goes into an image."""

from __future__ import annotations

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

from dot_copilot.containers import images
from dot_copilot.containers.place import Place, compose_file
from dot_copilot.stack.binaries import repository_root
from dot_copilot.stack.errors import StackError

DIGEST = "sha256:" + "a1" * 32


def docker(directory: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program that plays Docker."""
    program = directory / "docker"
    program.write_text(f'#!/bin/sh\necho "$@" >> {directory}/asked\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "compose").mkdir()
    return Place(tmp_path / "compose")


def test_every_image_is_pinned_to_what_its_registry_says(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker(tmp_path, monkeypatch, f"echo {DIGEST}")
    said: list[str] = []
    images.pin(place, said.append)
    assert place.environment_file.read_text().splitlines() == said
    assert said == [f"{name}={image}@{DIGEST}" for name, image in images.named().items()]
    asked = (tmp_path / "asked").read_text()
    assert "buildx imagetools inspect --format {{.Manifest.Digest}} postgres:16" in asked


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'no such host' >&2; exit 1", "did not tell its digest: no such host"),
        ("echo latest", "gave no digest"),
        ("echo sha256:12", "gave no digest"),
        (f"echo {DIGEST}; echo {DIGEST}", "gave no digest"),
        (f'case "$*" in *redis:*) exit 1;; esac; echo {DIGEST}', "the registry of redis:"),
    ],
)
def test_without_an_answer_nothing_is_written(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    docker(tmp_path, monkeypatch, script)
    with pytest.raises(StackError, match=re.escape(reason)):
        images.pin(place, lambda _: None)
    assert not place.environment_file.exists()


def test_without_docker_it_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StackError, match="Docker is not installed"):
        images.pin(place, lambda _: None)


def test_every_image_has_a_version_and_a_variable_and_no_made_up_digest() -> None:
    text = compose_file().read_text()
    assert "sha256:" not in text
    assert not re.findall(r"image: [a-z]", text.replace("image: dot-copilot", "")), "each comes from a variable"
    for name, image in images.named().items():
        assert re.search(r":v?\d+\.\d+", image), f"{name}={image} is no version"


DOCKERFILES = sorted((repository_root() / "deploy/docker").glob("*.Dockerfile"))


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.stem)
def test_a_dockerfile_builds_on_what_compose_names_and_copies_what_is_there(path: Path) -> None:
    text = path.read_text()
    stages = re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE)
    for base in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert re.fullmatch(r"\$\{[A-Z_]+_IMAGE\}", base), f"{base} is not pinned by compose"
        assert base[2:-1] in images.named()
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=repository_root(), capture_output=True, text=True, check=True
    ).stdout.split()
    for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE):
        words = [word for word in line.split() if not word.startswith("--")]
        if origin := re.search(r"--from=(\S+)", line):
            assert origin[1] in stages
            continue
        for source in words[:-1]:
            files = [name for name in tracked if name == source or name.startswith(f"{source.rstrip('/')}/")]
            assert files, f"{source} is not in the repository"
            assert all(_let_in(name) for name in files), f".dockerignore keeps out {source}"


def test_nothing_secret_gets_into_a_build() -> None:
    for name in (".env", "deploy/.env", "deploy/.compose/secrets/vault_seal_key", ".dot-copilot/secrets/x", ".git/config"):
        assert not _let_in(name), name
    for name in ("web/node_modules/x/y.js", "web/dist/index.html", "src/dot_copilot/__pycache__/a.pyc", "tests/conftest.py"):
        assert not _let_in(name), name


def _let_in(name: str) -> bool:
    """What .dockerignore decides: the last rule that fits the file or a directory above it."""
    parts = name.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    kept = True
    for rule in (repository_root() / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!")
            fits = any(fnmatch(one, pattern) or fnmatch(f"/{one}", pattern.replace("**", "*")) for one in above)
            # A lone star is one level deep, but what is below a directory that is out is out with it.
            kept = rule.startswith("!") if fits else kept
    return kept
