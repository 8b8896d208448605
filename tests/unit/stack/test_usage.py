"""What a part uses includes what it has started, running or ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dot_copilot.stack import binaries, exposition, usage
from dot_copilot.stack.state import PartState

BUSY = "import time, hashlib\nend = time.process_time() + 0.3\nwhile time.process_time() < end: hashlib.sha256(b'x').digest()\n"
LARGE = "x = b'x' * (40 << 20)\nf = [open('/dev/null') for _ in range(30)]\nprint(1, flush=True)\nimport time\ntime.sleep(60)\n"
PARENT = f"""
import subprocess, sys, time
subprocess.run([sys.executable, "-c", {BUSY!r}])
child = subprocess.Popen([sys.executable, "-c", {LARGE!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print("ready", flush=True)
time.sleep(60)
"""


def test_a_family_is_counted_together() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert parent.stdout is not None
        parent.stdout.readline()
        found = usage.read({"part": parent.pid, "supervisor": os.getpid()})
        assert found["part"].cpu_s >= 0.3, "with what a child used that has ended"
        assert found["part"].memory_bytes > 45 << 20, "with what the living child has"
        assert found["part"].open_files >= 30
        assert found["supervisor"].memory_bytes > 0
        began = time.perf_counter()
        usage.read({"part": parent.pid, "supervisor": os.getpid()})
        assert time.perf_counter() - began < 0.5, "a fraction of a look every five seconds"
    finally:
        os.killpg(parent.pid, signal.SIGKILL)
        parent.communicate()


def test_a_process_that_has_gone_uses_nothing() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert usage.read({"gone": gone.pid})["gone"] == usage.Usage(0, 0, 0)


def test_the_metrics_are_what_promtool_expects(tmp_path: Path) -> None:
    parts = [
        PartState("api-1", "ready", 7, 80, 2, 0.5),
        PartState("worker", "restarting", None, 81, 1, None),
        PartState("migrate", "done", None, None, 0, 0.2, task=True),
    ]
    used = {"api-1": usage.Usage(1.25, 100, 9), "supervisor": usage.Usage(0.5, 200, 10)}
    text = exposition.render(parts, used, tmp_path, {})
    lines = text.splitlines()
    for line in (
        'dot_part_ready{part="api-1"} 1',
        'dot_part_ready{part="worker"} 0',
        'dot_part_state{part="worker",state="restarting"} 1',
        'dot_part_state{part="worker",state="ready"} 0',
        'dot_part_restarts_total{part="api-1"} 2',
        'dot_part_cpu_seconds_total{part="api-1"} 1.25',
        'dot_part_memory_bytes{part="supervisor"} 200',
        'dot_part_start_seconds{part="api-1"} 0.5',
    ):
        assert line in lines
    assert 'dot_part_ready{part="migrate"}' not in text, "a task is never ready"
    try:
        program = binaries.monitoring("promtool")
    except binaries.BinaryMissingError as error:
        pytest.skip(str(error))
    checked = subprocess.run([program, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
