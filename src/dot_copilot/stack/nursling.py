"""The nursery's own process: `python -m dot_copilot.stack.nursling IN OUT WARM[,WARM...] ROOM`.

It imports the modules WARM, then answers each line of JSON on the descriptor IN with a pid on OUT: the pid of a fork that
runs a module as `python -m` would. A fork is born through a short-lived process between the two, so that the supervisor,
a subreaper, becomes its parent. The end of the input ends the nursery.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import sys
import time
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Warm up, then bear what is asked for."""
    reading, writing = int(sys.argv[1]), int(sys.argv[2])
    warm_up(sys.argv[3])
    _show("dot-copilot nursery", "nursery")
    while line := _line(reading):
        request: dict[str, Any] = json.loads(line)
        pid = _bear()
        if pid == 0:
            os.close(reading)
            os.close(writing)
            live(request)
            return
        os.write(writing, b"%d\n" % pid)


def warm_up(modules: str) -> None:
    """Import modules, and everything below a name that ends in `.*`.

    Nobody looks for garbage meanwhile, for imports make none; and what exists then is shared by all forks for good.
    """
    gc.disable()
    for name in modules.split(","):
        try:
            module = importlib.import_module(name.removesuffix(".*"))
            if name.endswith(".*"):
                for found in pkgutil.walk_packages(module.__path__, f"{module.__name__}."):
                    importlib.import_module(found.name)
        except Exception as error:  # noqa: BLE001 - the part itself will meet it again, and report it with its own words
            sys.stderr.write(f"the nursery could not import {name}: {type(error).__name__}: {error}\n")
            break
    gc.freeze()
    gc.enable()


def _line(descriptor: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return b""
        line += chunk
    return line


def _bear() -> int:
    """Fork twice. Gives 0 in the new process and its pid in the nursery; the process between them is gone."""
    reading, writing = os.pipe()
    between = os.fork()
    if between:
        os.close(writing)
        pid = int(os.read(reading, 32))
        os.close(reading)
        os.waitpid(between, 0)
        return pid
    os.close(reading)
    pid = os.fork()
    if pid:
        os.write(writing, b"%d" % pid)
        os._exit(0)
    os.close(writing)
    return 0


def live(request: dict[str, Any]) -> None:
    """Become the process that was asked for."""
    os.setsid()
    _die_with(request["parent"], request["death_signal"])
    null = os.open(os.devnull, os.O_RDONLY)
    log = os.open(request["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(null)
    os.close(log)
    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    _show(request["title"], request["name"])
    sys.argv[1:] = request["arguments"]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


def _die_with(parent: int, number: int) -> None:
    """Be told when the supervisor dies. It becomes our parent only when the process between us has gone."""
    for _ in range(5000):
        if os.getppid() == parent:
            break
        time.sleep(0.001)
    _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _show(title: str, name: str) -> None:
    """Write what `ps` and `top` show over the command line this process was started with."""
    _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    if 0 < start < end:
        text = title.encode()[: end - start - 1]
        ctypes.memmove(start, text + b"\0" * (end - start - len(text)), end - start)


if __name__ == "__main__":
    main()
