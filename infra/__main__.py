"""What `pulumi up` runs: reads the stack's configuration, refuses what cannot be, and declares the platform."""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from infra import regions
from infra.errors import BadInput
from infra.options import load
from infra.program import platform


def main() -> None:
    """Declares the stack that Pulumi has chosen, and exports what the pipeline needs."""
    config = pulumi.Config()
    try:
        options = load(pulumi.get_stack(), config.get)
        regions.check(options)
    except BadInput as wrong:
        raise pulumi.RunError(str(wrong)) from None
    for name, value in platform(options, config.require_secret).items():
        pulumi.export(name, value)


main()
