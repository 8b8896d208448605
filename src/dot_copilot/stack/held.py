"""Starts a Python program early and holds it back: `python -m dot_copilot.stack.held WARM[,WARM...] MODULE [ARGUMENT...]`.

Importing the application takes longer than everything else of a start. So it happens while the servers it needs are
still starting: the modules WARM are imported, then a line of JSON on standard input gives the go-ahead, with variables to
add to the environment, and MODULE runs as `python -m MODULE` would. The end of the input means that nobody waits any more.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import sys


def main() -> None:
    """Warm up, wait, run."""
    warm, module, *arguments = sys.argv[1:]
    # Imports make many objects and no garbage; looking for some costs a tenth of the time.
    gc.disable()
    for name in warm.split(","):
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001 - the program itself will meet it again, and report it with its own words
            break
    gc.freeze()
    gc.enable()
    line = sys.stdin.readline()
    if not line:
        return
    os.environ.update(json.loads(line))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
