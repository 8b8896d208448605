"""The gateway process loads what it needs, and no more: it must be ready within moments and stay small."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("mcp", "mcp_types", "fastapi", "starlette", "aiohttp", "azure", "alembic", "procrastinate", "openpyxl")


def test_no_framework_and_no_sdk_is_loaded() -> None:
    code = f"import sys, dot_copilot.gateway; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
