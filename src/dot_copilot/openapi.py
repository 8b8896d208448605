"""Writes the OpenAPI document: `python -m dot_copilot.openapi > web/openapi.json`."""

from __future__ import annotations

import json
import sys

from dot_copilot.app import create_app


def main() -> None:
    """Prints the document with sorted keys, so that a change shows as a small difference."""
    json.dump(create_app().openapi(), sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
