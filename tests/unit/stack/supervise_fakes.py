"""A supervisor of fake parts in a process of its own: what only a real process can show. Run as a program.

`supervise_fakes.py HOME CHILD` runs one fake server until SIGTERM, as a subreaper, and writes `HOME/run/state.json`;
the server starts a child in a session of its own and writes its pid to CHILD.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from dot_copilot.stack import environment, orphans, state
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.home import Home
from dot_copilot.stack.stack import part_state
from tests.unit.stack.fakes import QUICK, server


async def main(home: Home, child: Path) -> None:
    orphans.become_subreaper()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    surroundings = Surroundings(
        directory=home.root, logs=home.logs, secret=lambda name: name, base_environment=environment.base(), timing=QUICK
    )

    def save(*_: object) -> None:
        state.save(home, "ready", "http://localhost:1", [part_state(runner) for runner in supervisor.runners.values()])

    supervisor = Supervisor([server("one", "--child", str(child))], surroundings, save)
    await supervisor.start()
    save()
    await told.wait()
    await supervisor.stop()


if __name__ == "__main__":
    asyncio.run(main(Home(Path(sys.argv[1])), Path(sys.argv[2])))
