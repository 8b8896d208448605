"""`dot-copilot compose images`: every image pinned to the digest its registry names now. No digest is ever made up here.

compose.yaml names each image as `${NAME_IMAGE:-repository:tag}`; the pins are written to compose's environment file, so that
builds and containers take exactly those bytes until this is run again.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping

from dot_copilot.containers.place import Place, compose_file
from dot_copilot.stack.errors import StackError

_NAMED = re.compile(r"\$\{([A-Z_]+_IMAGE):-([^}@\s]+)\}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def named() -> Mapping[str, str]:
    """The images of compose.yaml: the variable of each, and its repository and tag."""
    found: dict[str, str] = {}
    for name, image in _NAMED.findall(compose_file().read_text()):
        if found.setdefault(name, image) != image:
            raise StackError(f"{compose_file()} gives {name} two values: {found[name]} and {image}")
    return found


def pin(place: Place, say: Callable[[str], None]) -> None:
    """Ask the registries, and write what they say; nothing is written unless every one has answered."""
    pinned = {}
    for name, image in named().items():
        pinned[name] = f"{image}@{digest(image)}"
        say(f"{name}={pinned[name]}")
    place.remember(pinned)


def digest(image: str) -> str:
    """The digest of an image's index, as its registry has it now, asked through Docker, which knows mirrors and log-ins."""
    docker = shutil.which("docker")
    if docker is None:
        raise StackError("Docker is not installed; it is what asks the registries")
    command = [docker, "buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - our own list
    except subprocess.TimeoutExpired:
        raise StackError(f"the registry of {image} did not answer within two minutes") from None
    said = done.stdout.strip()
    if done.returncode != 0:
        raise StackError(f"the registry of {image} did not tell its digest: {done.stderr.strip() or done.returncode}")
    if not _DIGEST.fullmatch(said):
        raise StackError(f"Docker gave no digest of {image}, but {said[:100]!r}")
    return said
