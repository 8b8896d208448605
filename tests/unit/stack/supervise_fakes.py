"""A supervisor of fake parts in a process of its own: what only a real process can show. Run as a program.

`supervise_fakes.py HOME CHILD` runs one fake server until SIGTERM, as a subreaper, and writes `HOME/run/state.json`;
the server starts a child in a session of its own and writes its pid to CHILD. With `nursery` as a third word the server
is forked from a nursery, whose pid goes to `HOME/nursery`.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

from dot_copilot.stack import environment, orphans, state
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.home import Home
from dot_copilot.stack.model import Sealed
from dot_copilot.stack.nursery import Nursery
from dot_copilot.stack.stack import part_state
from tests.unit.stack.fakes import QUICK, server


async def main(home: Home, child: Path, with_nursery: bool) -> None:
    orphans.become_subreaper()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    base = environment.base()
    nursery = Nursery("http.server,subprocess", base, home.root, home.log("nursery")) if with_nursery else None
    if nursery is not None:
        (home.root / "nursery").write_text(str(nursery.pid))
    surroundings = Surroundings(
        directory=home.root,
        logs=home.logs,
        secret={"word": "hush"}.__getitem__,
        base_environment=base,
        timing=QUICK,
        nursery=nursery,
    )

    def save(*_: object) -> None:
        state.save(home, "ready", "http://localhost:1", [part_state(runner) for runner in supervisor.runners.values()])

    part = server("one", "--child", str(child), environment={"GREETING": Sealed("word")})
    module = ("tests.unit.stack.fake_part", *part.command[2:])
    supervisor = Supervisor([replace(part, module=module)], surroundings, save)
    await supervisor.start()
    save()
    await told.wait()
    await supervisor.stop()


if __name__ == "__main__":
    asyncio.run(main(Home(Path(sys.argv[1])), Path(sys.argv[2]), "nursery" in sys.argv[3:]))
