"""The supervisor's metrics, in Prometheus' text format (version 0.0.4)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dot_copilot import __version__
from dot_copilot.stack.model import State
from dot_copilot.stack.state import PartState
from dot_copilot.stack.usage import Usage

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]


def render(
    parts: Iterable[PartState],
    used: Mapping[str, Usage],
    home: Path,
    certificates: Mapping[str, float],
    backups: Mapping[str, float] | None = None,
) -> str:
    """All metrics; `used` may name processes that are no parts, such as the supervisor itself. `backups` is empty without any."""
    families = (*_families(list(parts), used, home, certificates), *_backups(backups or {}))
    return "\n".join(line for family in families for line in _lines(*family)) + "\n"


def _families(
    parts: list[PartState], used: Mapping[str, Usage], home: Path, certificates: Mapping[str, float]
) -> Iterator[tuple[str, str, str, list[Sample]]]:
    services = [part for part in parts if not part.task]
    states = [({"part": part.name, "state": state}, part.state == state) for part in parts for state in State]
    yield "dot_part_state", "gauge", "1 for the state a part is in, 0 for the others.", [*states]
    ready = [({"part": part.name}, part.state == State.READY) for part in services]
    yield "dot_part_ready", "gauge", "Whether a service does its work.", [*ready]
    restarts: list[Sample] = [({"part": part.name}, part.restarts) for part in services]
    yield "dot_part_restarts_total", "counter", "Times a part was started again since the stack started.", restarts
    starts: list[Sample] = [({"part": one.name}, one.ready_after_s) for one in parts if one.ready_after_s is not None]
    yield "dot_part_start_seconds", "gauge", "Seconds from a part's last start until it was ready.", starts
    yield from _usage(used)
    disk = shutil.disk_usage(home)
    yield "dot_home_disk_free_bytes", "gauge", "Free space where the data of the stack are.", [({}, disk.free)]
    yield "dot_home_disk_size_bytes", "gauge", "Size of the file system where the data of the stack are.", [({}, disk.total)]
    expiring: list[Sample] = [({"certificate": name}, at) for name, at in certificates.items()]
    yield "dot_certificate_expires_timestamp_seconds", "gauge", "When a certificate of ours runs out.", expiring
    yield "dot_machine_processors", "gauge", "Processors the stack may use.", [({}, len(os.sched_getaffinity(0)))]
    yield "dot_build_info", "gauge", "The version, as a label.", [({"version": __version__, "part": "supervisor"}, 1)]


def _backups(noted: Mapping[str, float]) -> Iterator[tuple[str, str, str, list[Sample]]]:
    told = {"made": "When the newest backup was made.", "followed": "Up to when changes after the newest backup are kept."}
    for name, at in noted.items():
        yield f"dot_backup_{name}_timestamp_seconds", "gauge", told[name], [({}, at)]


def _usage(used: Mapping[str, Usage]) -> Iterator[tuple[str, str, str, list[Sample]]]:
    cpu: list[Sample] = [({"part": name}, one.cpu_s) for name, one in used.items()]
    yield "dot_part_cpu_seconds_total", "counter", "Processor time of a part and what it has started.", cpu
    memory: list[Sample] = [({"part": name}, one.memory_bytes) for name, one in used.items()]
    yield "dot_part_memory_bytes", "gauge", "Resident memory of a part and what it has started; shared memory once.", memory
    files: list[Sample] = [({"part": name}, one.open_files) for name, one in used.items()]
    yield "dot_part_open_files", "gauge", "Open file descriptors of a part and what it has started.", files


def _lines(name: str, kind: str, help_text: str, samples: list[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        pairs = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"{name}{{{pairs}}} {value:g}" if isinstance(value, bool) else f"{name}{{{pairs}}} {value!r}"
