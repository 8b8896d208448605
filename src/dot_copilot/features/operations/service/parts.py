"""The boxes of the map: who says how each part is, and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dot_copilot.core.watching import Watched, WatchedPart
from dot_copilot.features.operations import states
from dot_copilot.features.operations.drawing import ARROWS, BY_NAME, PLACES, TASKS, Network, PartKind, Place, place_of
from dot_copilot.features.operations.repository.figures import NOTHING, Figures, Measure
from dot_copilot.features.operations.schemas import MapPart, PartState, Replica

_MB = 1_000_000
# Whose own requests are measured, and under which job.
_MEASURES_ITSELF = frozenset({"api", "gateway"})


def _of_supervisor(part: WatchedPart, figures: Figures) -> Replica:
    return _replica(part.name, states.of_word(part.state), part.state, figures, part=part)


def _replica(
    name: str, state: PartState, word: str, figures: Figures, *, part: WatchedPart | None = None, detail: str = ""
) -> Replica:
    cpu, memory = (
        {**figures.by(own, "part"), **figures.by(watched, "part")}.get(name)
        for own, watched in (("own_cpu", "cpu"), ("own_memory", "memory"))
    )
    megabytes = None if memory is None else memory / _MB
    return Replica(
        name=name,
        state=state,
        word=word,
        detail=(part.detail if part else detail) or None,
        restarts=part.restarts if part else 0,
        since=part.since if part else None,
        ready_after_s=part.ready_after_s if part else None,
        cpu=cpu,
        memory_mb=part.memory_mb if part and part.memory_mb is not None else megabytes,
    )


def from_supervisor(watched: Watched, figures: Figures) -> dict[str, list[Replica]]:
    """Processes by place. Tasks that are done are no parts any more; one that failed is."""
    found: dict[str, list[Replica]] = {}
    for part in watched.parts:
        if (part.task or part.name in TASKS) and part.state != "failed":
            continue
        found.setdefault(place_of(part.name), []).append(_of_supervisor(part, figures))
    for name in watched.without:
        found.setdefault(place_of(name), []).append(_replica(name, "off", "off", figures))
    itself = WatchedPart("supervisor", watched.phase or "ready", memory_mb=watched.memory_mb)
    found["supervisor"] = [_replica("supervisor", "works", "ready", figures, part=itself)]
    return found


def from_metrics(figures: Figures) -> dict[str, list[Replica]]:
    """Processes by place, from whether Prometheus reached them."""
    found: dict[str, list[Replica]] = {}
    for sample in figures.samples.get("up", ()):
        job = place_of(sample.labels.get("job", ""))
        # A data server is reached by way of its exporter, which says in `pg_up` and `redis_up` whether it works.
        inner = figures.total(f"{job}_up") if job in ("postgres", "valkey") else sample.value
        if inner is None:
            inner = sample.value
        name = sample.labels.get("part") or job
        place = job if job in BY_NAME else place_of(name)
        found.setdefault(place, []).append(_replica(name, _up(inner), "up" if inner else "down", figures))
    return found


def _up(value: float | None) -> PartState:
    return "unknown" if value is None else "works" if value >= 1 else "down"


def from_checks(checks: Mapping[str, str], figures: Figures) -> dict[str, list[Replica]]:
    """What this process of the API found out itself: ("ok", or what is wrong) by place."""
    return {
        place: [_replica(place, "works" if word == "ok" else "down", word, figures, detail="" if word == "ok" else word)]
        for place, word in checks.items()
    }


def boxes(
    replicas: Mapping[str, Sequence[Replica]], figures: Figures, calls: Mapping[str, Measure], known: Mapping[str, PartState]
) -> list[MapPart]:
    """Every part of the drawing, and every one that somebody names though the drawing does not know it."""
    drawn = [place for place in PLACES if place.always or place.name in replicas or place.name in known]
    strangers = sorted(name for name in replicas if name not in BY_NAME)
    drawn += [Place(name, name, PartKind.OTHER, Network.BACKEND) for name in strangers]
    return [_box(place, list(replicas.get(place.name, ())), figures, calls, known.get(place.name)) for place in drawn]


def _box(
    place: Place, replicas: list[Replica], figures: Figures, calls: Mapping[str, Measure], known: PartState | None
) -> MapPart:
    state: PartState | None = None
    if place.network is not Network.OUTSIDE:
        unheard: PartState = "absent" if place.optional else "unknown"
        state = states.together(one.state for one in replicas) if replicas else known or unheard
    worst = next((one for one in replicas if one.state != "works"), None)
    measure = _measure(place.name, figures, calls)
    return MapPart(
        name=place.name,
        label=place.label,
        kind=place.kind,
        network=place.network,
        state=state,
        detail=worst.detail if worst else None,
        since=_since(replicas, state),
        restarts=sum(one.restarts for one in replicas),
        replicas=replicas,
        rate=measure.rate,
        error_ratio=measure.error_ratio,
        p95_ms=measure.p95_ms,
        cpu=_sum(one.cpu for one in replicas),
        memory_mb=_sum(one.memory_mb for one in replicas),
        figures=_more(place.name, figures),
    )


def _since(replicas: Sequence[Replica], state: PartState | None) -> datetime | None:
    """Since when it is so: the first of its processes that is not as it should be, else the last to become ready."""
    times = [one.since for one in replicas if one.since is not None and (one.state != "works") == (state != "works")]
    if not times:
        return None
    return max(times) if state == "works" else min(times)


def _sum(values: Iterable[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return sum(found) if found else None


def _measure(name: str, figures: Figures, calls: Mapping[str, Measure]) -> Measure:
    """What a part does: its own figures where it has them, else what all who call it say together."""
    if name in _MEASURES_ITSELF:
        return figures.measure("http", job=name)
    if name == "worker":
        return figures.jobs()
    incoming = [calls[arrow.of] for arrow in ARROWS if arrow.target == name and arrow.of is not None and arrow.of in calls]
    rates = [one.rate for one in incoming if one.rate is not None]
    if not rates:
        return NOTHING
    total = sum(rates)
    bad = [one.rate * one.error_ratio for one in incoming if one.rate is not None and one.error_ratio is not None]
    slowest = max((one.p95_ms for one in incoming if one.p95_ms is not None), default=None)
    return Measure(total, (sum(bad) / total if total else 0.0) if bad else None, slowest)


def _more(name: str, figures: Figures) -> dict[str, float]:
    wanted = {
        "worker": {"jobs_waiting": figures.total("jobs_waiting"), "oldest_job_s": figures.total("oldest_job_s")},
        "api": {"active": figures.total("active", job="api")},
        "gateway": {"sessions": figures.total("sessions"), "active": figures.total("active", job="gateway")},
        "postgres": {"connections": figures.total("connections"), "connections_max": figures.total("connections_max")},
        "valkey": {"memory_mb": _mb(figures.total("cache_bytes"))},
        "prometheus": {"scraped": figures.total("scraped"), "scraped_up": figures.total("scraped_up")},
        "supervisor": {"disk_free_gb": _mb(figures.total("disk_free"), 1_000_000_000)},
        "github": {"breaker_open": figures.total("breaker_open", upstream="github")},
    }.get(name, {})
    return {key: value for key, value in wanted.items() if value is not None}


def _mb(value: float | None, unit: float = _MB) -> float | None:
    return None if value is None else value / unit
