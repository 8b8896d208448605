"""App Service's start command: `python -m dot_copilot.cloud --host 0.0.0.0 --port 8000`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import logging.config
import os
import signal
import sys
import tempfile
from pathlib import Path

from dot_copilot.adapters.azure_credential import unresolved_references
from dot_copilot.cloud import door, parts
from dot_copilot.cloud.keeper import Keeper
from dot_copilot.cloud.parts import Part
from dot_copilot.compose import secret_store
from dot_copilot.core.settings import Settings
from dot_copilot.logs import log_configuration

log = logging.getLogger("dot_copilot.cloud")


async def assemble(directory: Path, host: str, port: int) -> list[Part]:
    """The parts of this container; raises ValueError for settings that do not do, and what the secret store raises."""
    if unresolved := unresolved_references():
        raise ValueError(f"App Service did not resolve the secret behind {', '.join(unresolved)}; check the identity's role")
    names = parts.chosen(os.environ)
    settings, ports = Settings(), parts.Ports.read(os.environ)
    found: list[Part] = []
    if "DOT_VALKEY_HOST" not in os.environ:
        secrets = secret_store(settings)
        try:
            found.append(parts.valkey(directory, ports.valkey, await secrets.get("valkey_password")))
        finally:
            await secrets.close()
    found += parts.application(names, ports, os.environ)
    gateway = [ports.gateway] if "gateway" in names else []
    configuration = door.prepare(
        directory,
        listen=f"{host}:{port}",
        metrics=ports.metrics,
        api=[ports.api],
        gateway=gateway,
        web_url=settings.web_url,
        workers=os.cpu_count() or 1,
    )
    return [*found, parts.door(configuration, port)]


async def run(host: str, port: int) -> None:
    """Runs until SIGTERM or SIGINT."""
    with tempfile.TemporaryDirectory(prefix="dot-copilot-") as directory:
        keeper = Keeper(await assemble(Path(directory), host, port))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, keeper.stop)
        await keeper.run()


def main() -> None:
    """Leaves with 1 when it cannot start, so that the platform tries again later: a role may take minutes to be known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    logging.config.dictConfig(log_configuration())
    try:
        asyncio.run(run(options.host, options.port))
    except (ValueError, KeyError, OSError) as error:
        log.error("the container does not start: %s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
