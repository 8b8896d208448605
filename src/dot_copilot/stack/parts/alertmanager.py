"""Alertmanager: its configuration is a template in `deploy/alertmanager`; alerts go to one webhook, or to nobody."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from dot_copilot import resources
from dot_copilot.stack import binaries
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.templates import render


def template() -> Path:
    """Where the template is."""
    return binaries.repository_root() / "deploy/alertmanager/alertmanager.yml.template"


class AlertmanagerHooks:
    """Renders `run/alertmanager.yml`; private, because a webhook's address may be all it takes to use it."""

    def __init__(self, home: Home, webhook: str, secret: Callable[[str], str]) -> None:
        """`webhook` is the URL that alerts are posted to; without one they are only shown. `secret` gives the home's by name."""
        self._home = home
        self._webhook = webhook
        self._secret = secret

    async def prepare(self) -> None:
        """Write the configuration."""
        webhooks = [{"url": self._webhook, "send_resolved": True}] if self._webhook else []
        values = {"receiver": "webhook" if self._webhook else "nobody", "webhooks": json.dumps(webhooks)}
        write_private(self._home.run / "alertmanager.yml", render(template().read_text(), values))
        watchword.guard(self._home, "alertmanager", self._secret)
        # The unpacked program reads its own message templates from where it is started.
        for path in (resources.monitoring() / "templates").glob("*.tmpl"):
            shutil.copyfile(path, self._home.run / path.name)

    async def settle(self) -> None:
        """Nothing to do."""
