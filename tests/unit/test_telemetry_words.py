"""docs/telemetry.md knows every metric, and no other."""

from __future__ import annotations

import subprocess
import sys

from dot_copilot.telemetry_words import BEGIN, DOCUMENT, END


def test_the_page_is_what_the_code_declares() -> None:
    # A process of its own: in this one, tests have declared instruments.
    told = "from dot_copilot.telemetry_words import table; print(table(), end='')"
    table = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    shown = DOCUMENT.read_text().partition(BEGIN)[2].partition(END)[0]
    assert shown == table, "run: python -m dot_copilot.telemetry_words"
    assert "dot_jobs_total" in table
    assert "dot_drivers" in table
