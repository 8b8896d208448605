"""The keeper of backups, a part of the stack: lets PostgreSQL archive, copies new files, makes and prunes backups on time."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Manifest, Place
from dot_copilot.backup.prune import prune
from dot_copilot.backup.running import Running
from dot_copilot.backup.sealing import Keys
from dot_copilot.backup.take import follow, take
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.parts import archiving
from dot_copilot.stack.servant import NOBODY, closed_parent, hire

log = logging.getLogger(__name__)
TURN_S = 60.0
EVERY = timedelta(hours=24)


def admit(running: Running, place: Place) -> None:
    """Lets PostgreSQL's user seal into `place`, after it was found to be this home's. BackupError when it can't get there."""
    place.claim(archiving.identity(running.home))
    if os.geteuid() == 0:
        os.chown(place.wal, NOBODY, NOBODY)
        closed = closed_parent(place.wal.parent)
        if closed is not None and not hire(running.home.root, archiving.ways()).prefix:
            raise BackupError(f"PostgreSQL's user (uid {NOBODY}) cannot pass {closed}; run 'chmod o+x {closed}'")
    key = archiving.key_file(running.home)
    if not key.exists() or Keys.parse(key.read_text()) != running.keys.of_log():
        write_private(key, running.keys.of_log().text(), 0o400)
        if os.geteuid() == 0:
            os.chown(key, NOBODY, NOBODY)


async def turn(home: Home, place: Place) -> Manifest | None:
    """What is due now; returns the backup that was made, if one was."""
    began = time.time()
    running = await Running.of(home)
    admit(running, place)
    whole = place.manifests()
    newest = datetime.fromisoformat(whole[-1].consistent) if whole else None
    gap = archiving.gap(home)
    made = None
    if newest is None or gap or datetime.now(UTC) - newest >= EVERY:
        made = await take(running, place)
        prune(place, days=archiving.days())
    else:
        await follow(running, place)
    newest = datetime.fromisoformat(made.consistent) if made else newest
    assert newest is not None
    note(home, {"made": newest.timestamp(), "followed": began})
    return made


def note(home: Home, words: dict[str, float]) -> None:
    """What the supervisor tells Prometheus; what isn't named stays as it was."""
    file = home.run / "backup-state.json"
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        known = {}
    write_private(file, json.dumps({**known, **words}))


async def keep(home: Home, place: Place) -> None:
    """Turn after turn; a failed one is told and tried again."""
    note(home, {"began": time.time()})
    while True:
        try:
            made = await turn(home, place)
            if made is not None:
                log.info("backup %s made, %d files", made.id, made.blobs)
        except (BackupError, StackError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.error("no backup this time: %s", error)
        await asyncio.sleep(TURN_S)


def main() -> None:
    """`python -m dot_copilot.backup.keeper HOME PLACE`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("azure").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    asyncio.run(keep(Home(Path(sys.argv[1])), Place(Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
