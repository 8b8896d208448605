"""A tiny server that misbehaves on demand. Run as a program by the engine's tests; standard library only."""

from __future__ import annotations

import argparse
import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path


class _Handler(http.server.BaseHTTPRequestHandler):
    sick: Path | None = None
    ready_at = 0.0

    def do_GET(self) -> None:
        unwell = self.path != "/live" and self.sick is not None and self.sick.exists()
        self.send_response(503 if unwell or time.monotonic() < self.ready_at else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--ready-after", type=float, default=0)
    parser.add_argument("--crash-after", type=float)
    parser.add_argument("--exit", type=int, default=0, dest="code")
    parser.add_argument("--ignore-term", action="store_true")
    parser.add_argument("--sick", type=Path)
    parser.add_argument("--child", type=Path, help="start a child in a session of its own, and write its pid here")
    parser.add_argument("--sibling", type=Path, help="start a child in the same process group, and write its pid here")
    options = parser.parse_args()
    sys.stdout.write(f"started with {os.environ.get('GREETING', 'nothing')}\n")
    sys.stdout.flush()
    if options.ignore_term:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for file, new_session in ((options.child, True), (options.sibling, False)):
        if file is not None:
            sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
            file.write_text(str(subprocess.Popen(sleeper, start_new_session=new_session).pid))
    if options.crash_after is not None:
        threading.Timer(options.crash_after, os._exit, [options.code or 3]).start()
    if options.port is None:
        if options.crash_after is None:
            sys.exit(options.code)
        time.sleep(60)
    _Handler.sick = options.sick
    _Handler.ready_at = time.monotonic() + options.ready_after
    http.server.ThreadingHTTPServer(("127.0.0.1", options.port), _Handler).serve_forever()


if __name__ == "__main__":
    main()
