"""Becomes the program of a stdio upstream: `python -I -S stdio_launcher.py PARENT PROGRAM [ARGUMENT...]`.

Run by path and importing next to nothing, so that it costs about ten milliseconds. Doing this here, and not between fork
and exec in the gateway, is safe in a process with threads.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Die with the gateway, whatever ends it; leave no core dump, for it would hold a token; then be the program."""
    parent, program = int(sys.argv[1]), sys.argv[2]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        os.execvp(program, sys.argv[2:])  # noqa: S606 - the gateway's configuration names the program
    except OSError as error:
        sys.stderr.write(f"{program}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main()
