"""The commands of docs/webhooks.md sign as the providers do: run as they stand there, with curl replaced by a printer."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime

import pytest

from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.signatures import check
from dot_copilot.migrate import MIGRATIONS

PAGE = (MIGRATIONS.parent / "docs" / "webhooks.md").read_text()
SECRET = "dGVzdC1zZWNyZXQta2V5LTAwMDE="


@pytest.mark.parametrize("provider", list(Provider))
def test_the_command_for_a_try_is_signed_well(provider: Provider) -> None:
    (block,) = [text for text in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "BODY=" in text]
    samsara, motive = block.split("\n\n")
    script = "curl() { printf '%s\\0' \"$@\"; }\nset -eu\n" + (samsara if provider is Provider.SAMSARA else motive)
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "SECRET": SECRET, "WEBHOOK_URL": "u"},
    )
    words = done.stdout.decode().split("\0")
    body = words[words.index("-d") + 1].encode()
    pairs = [words[place + 1].split(": ") for place, word in enumerate(words) if word == "-H"]
    check(provider, [SECRET], {name.lower(): value for name, value in pairs}, body, datetime.now(UTC))
