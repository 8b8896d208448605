"""What a deploy leaves behind: a line for each thing that happened, on the platter before the next thing is done; and evidence.

`journal.jsonl` lies in `<home>/deploys/<target>/`, with a directory for each deploy that has evidence, and `lock`, which the
kernel frees when its holder dies. A line that a crash has torn is no line.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dot_copilot.deploy.errors import RefusedError
from dot_copilot.deploy.model import Deploy, Figures, Kind, Outcome, Release, Step, StepRecord, StepState

_LONGEST_EVIDENCE = 256 << 10


def now() -> str:
    """UTC in ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def person() -> str:
    """Who deploys, as the machine knows them."""
    with contextlib.suppress(OSError, KeyError):
        return getpass.getuser()
    return f"user {os.geteuid()}"


class Journal:
    """The deploys of one target, oldest first."""

    def __init__(self, home: Path, target: str) -> None:
        self.root = home / "deploys" / target
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self.root / "journal.jsonl"

    def deploys(self) -> list[Deploy]:
        """Every deploy, put together from the lines."""
        found: dict[int, Deploy] = {}
        for line in self._lines():
            with contextlib.suppress(KeyError, ValueError, TypeError):
                _apply(found, line)
        return list(found.values())

    def _lines(self) -> Iterator[dict[str, Any]]:
        with contextlib.suppress(FileNotFoundError):
            for text in self._file.read_bytes().splitlines():
                with contextlib.suppress(ValueError):
                    line = json.loads(text)
                    if isinstance(line, dict):
                        yield line

    def unfinished(self) -> Deploy | None:
        """The last deploy, if it has no end."""
        deploys = self.deploys()
        return deploys[-1] if deploys and deploys[-1].outcome is None else None

    def begin(self, kind: Kind, version: str, before: str) -> Deploy:
        """A new deploy, on record."""
        number = max((one.number for one in self.deploys()), default=0) + 1
        deploy = Deploy(number, kind, version, before, person(), now())
        self._write(deploy, "begun", kind=kind, version=version, before=before, who=deploy.who)
        return deploy

    def step(self, deploy: Deploy, step: Step, state: StepState, seconds: float | None = None, detail: str = "") -> None:
        """A step has begun, or how it went."""
        record = StepRecord(step, state, now(), seconds, detail)
        self._write(deploy, "step", step=step, state=state, seconds=seconds, detail=detail)
        deploy.steps.append(record)

    def built(self, deploy: Deploy, release: Release) -> None:
        """What `build` gave."""
        self._write(deploy, "built", release=asdict(release))
        deploy.release = release

    def measured(self, deploy: Deploy, figures: Figures) -> None:
        """How the front door was before the swap."""
        self._write(deploy, "measured", figures=asdict(figures))
        deploy.figures = figures

    def back(self, deploy: Deploy, reason: str) -> None:
        """It is to go back, and why; from here on there is no way but back."""
        self._write(deploy, "back", reason=reason)
        deploy.reason = reason

    def end(self, deploy: Deploy, outcome: Outcome) -> None:
        """How it ended."""
        self._write(deploy, "ended", outcome=outcome)
        deploy.outcome, deploy.ended_at = outcome, now()

    def evidence(self, deploy: Deploy) -> Path:
        """The directory for what a judgement rests on."""
        directory = self.root / f"{deploy.number:04}"
        directory.mkdir(mode=0o700, exist_ok=True)
        return directory

    def keep(self, deploy: Deploy, files: Mapping[str, str]) -> None:
        """Keep evidence. Too little disk for it is no reason not to go back."""
        with contextlib.suppress(OSError):
            for name, text in files.items():
                (self.evidence(deploy) / Path(name).name).write_bytes(text.encode()[-_LONGEST_EVIDENCE:])

    def _write(self, deploy: Deploy, event: str, **members: Any) -> None:
        line = json.dumps({"number": deploy.number, "event": event, "at": now(), **members}) + "\n"
        torn = self._file.exists() and self._file.stat().st_size and not self._file.read_bytes().endswith(b"\n")
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, (("\n" if torn else "") + line).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Be the only one who deploys, for as long as this lasts. RefusedError, saying who is at what, if somebody else is."""
        path = self.root / "lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            said = os.read(descriptor, 4096).decode(errors="replace").strip()
            os.close(descriptor)
            raise RefusedError(f"{said or 'somebody deploys'}{self._at()}; wait for it, then try again") from None
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{what} is under way, by {person()} (pid {os.getpid()}) since {now()[:19]}Z".encode())
            yield
        finally:
            os.close(descriptor)

    def _at(self) -> str:
        deploy = self.unfinished()
        return f", now at the step {deploy.last.step}" if deploy is not None and deploy.last is not None else ""


def _apply(found: dict[int, Deploy], line: dict[str, Any]) -> None:
    event, at = line["event"], line["at"]
    if event == "begun":
        found[line["number"]] = Deploy(line["number"], Kind(line["kind"]), line["version"], line["before"], line["who"], at)
        return
    deploy = found[line["number"]]
    if event == "step":
        deploy.steps.append(StepRecord(Step(line["step"]), StepState(line["state"]), at, line["seconds"], line["detail"]))
    elif event == "built":
        deploy.release = Release(**line["release"])
    elif event == "measured":
        deploy.figures = Figures(**line["figures"])
    elif event == "back":
        deploy.reason = line["reason"]
    elif event == "ended":
        deploy.outcome, deploy.ended_at = Outcome(line["outcome"]), at
