"""One request, call or job as it is followed through this process.

Recording is cheap, because nearly all traces are thrown away: a span is a tuple in a list (about a microsecond), ids of spans
that nobody outside hears of are made only if the trace is kept, and whether it is kept is decided at its end (`recorder`).
"""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter_ns
from typing import Any, NamedTuple, Self
from uuid import UUID

from msgspec import Struct, field

from dot_copilot.core.telemetry.context import HEADER, STATE_HEADER, WHOLE, Parent, new_span_id, new_trace_id
from dot_copilot.core.telemetry.texts import COMMIT, ENTER, WAIT, describe

INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = "internal", "server", "client", "producer", "consumer"
SPAN_LIMIT = 256
_TRANSACTION = 7  # members; a span has 8
Attributes = dict[str, str | int | float | bool]
Mark = tuple[str, int, int, int, str | None]
"""A statement: text, id of the span it is below (0: the root), begin and end, class of the error it failed with."""
Transaction = tuple[int, int, int, int, int, int, list[Mark]]
"""When a connection was asked for, was there, the transaction had begun, was to be committed, was committed (0: it did not come
to that), id of the span it is below, and its statements."""


class Span(NamedTuple):
    """A finished span. Times are of `time.perf_counter_ns`. `span_id` 0: not made yet; `parent_id` 0: the trace's root."""

    name: str
    kind: str
    span_id: int
    parent_id: int
    started: int
    ended: int
    error: str | None
    attributes: Attributes | None


class Trace(Struct, gc=False, eq=False):
    """This process's part of a trace: its root span, and what happened below it.

    `sampled`: it is kept even if nothing is special about it. `announced`: a `traceparent` that is in order and says nothing
    but ids (`context.usual`), taken apart only when somebody asks; else `parent` is what it is below. `carrier_id`: whose data it
    was about. `rate`: it stands for 1 / rate traces like it, if it is kept. `whole`: see `context.WHOLE`.

    Making one is on the path of every request: a struct is filled without running Python, and the garbage collector, which would
    come more often for each one that waits for its database, is not told of it. Nothing it refers to refers to it.
    """

    name: str
    kind: str
    parent: Parent | None = None
    sampled: bool = False
    announced: bytes = b""
    started: int = field(default_factory=perf_counter_ns)
    ended: int = 0
    own_id: str = ""
    root: int = 0  # the root span's id, once somebody asks for it
    recorded: list[Any] = field(default_factory=list)
    """Tuples of the members of `Span`, in their order, and `Transaction`s until `lay_out`."""
    room: int = SPAN_LIMIT
    lost: int = 0
    failed: bool = False
    whole: bool = False
    rate: float = 1.0
    error: str | None = None
    attributes: Attributes | None = None
    carrier_id: UUID | str | None = None
    slow_after: int = 1_000_000_000
    """Nanoseconds; what takes longer is kept. A stream that stays open by design sets it high."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        if not self.own_id:
            if self.announced:
                self.own_id = str(self.announced[3:35], "ascii")
            else:
                self.own_id = new_trace_id() if self.parent is None else self.parent.trace_id
        return self.own_id

    @trace_id.setter
    def trace_id(self, trace_id: str) -> None:
        self.own_id = trace_id

    @property
    def parent_id(self) -> int:
        """The id of the span it is below; 0: of none."""
        if self.announced:
            return int(self.announced[36:52], 16)
        return 0 if self.parent is None else self.parent.span_id

    @property
    def root_id(self) -> int:
        """The id of the root span."""
        if not self.root:
            self.root = new_span_id()
        return self.root

    @root_id.setter
    def root_id(self, span_id: int) -> None:
        self.root = span_id

    def lay_out(self) -> None:
        """Makes spans of what is recorded, in the order they ended."""
        found = []
        for one in self.recorded:
            if len(one) == _TRANSACTION:
                found += [members for marked in marks_of(one) if (members := _span_of(marked)) is not None]
            else:
                found.append(one)
        self.recorded = sorted(found, key=_ended)

    @property
    def spans(self) -> list[Span]:
        """What is recorded below the root, in the order it ended, of a trace that is kept."""
        return [Span._make((*members[:3], members[3] or self.root_id, *members[4:])) for members in self.recorded]

    @property
    def size(self) -> int:
        """The number of spans, with the root."""
        return 1 + len(self.recorded)

    def fail(self, error: BaseException | str) -> None:
        """Marks the trace as failed: it is kept whatever the sampling. Of an exception only the class is noted."""
        self.failed = True
        self.error = error if isinstance(error, str) else type(error).__name__

    def note(self, **attributes: str | float | bool) -> None:
        """Sets attributes of the root span (dots are written as `__`). No personal data."""
        if self.attributes is None:
            self.attributes = {}
        self.attributes.update({name.replace("__", "."): value for name, value in attributes.items()})

    def add(self, span: Span | tuple[Any, ...]) -> None:
        """Records a finished span; beyond `SPAN_LIMIT`, or once the trace has ended, it is only counted."""
        if self.room > 0:
            self.room -= 1
            self.recorded.append(span)
        else:
            self.lost += 1

    @property
    def seconds(self) -> float:
        """From start to end."""
        return (self.ended - self.started) / 1e9


def marks_of(transaction: Transaction) -> list[Mark]:
    """Its statements, with those that every transaction has."""
    asked, began, entered, committing, committed, above, marks = transaction
    found: list[Mark] = [(WAIT, above, asked, began, None)] if began else []
    if entered:
        found.append((ENTER, above, began, entered, None))
    found += marks
    if committed:
        found.append((COMMIT, above, committing, committed, None))
    return found


def _span_of(marked: Mark) -> tuple[Any, ...] | None:
    sql, parent, started, ended, error = marked
    statement = describe(sql)
    if ended - started < statement.shown_after:
        return None
    return statement.name, CLIENT, 0, parent, started, ended, error, statement.attributes


def _ended(members: tuple[Any, ...]) -> int:
    ended: int = members[5]
    return ended


_trace: ContextVar[Trace | None] = ContextVar("dot_trace", default=None)
_parent: ContextVar[int] = ContextVar("dot_span", default=0)
"""The span that new ones are below; 0: the root of the current trace."""
current = _trace.get
"""The trace this code runs in, or None."""
current_parent = _parent.get
"""The id of the innermost open span, or 0 where that is the root of the trace."""


def current_span_id() -> int:
    """The id of the innermost open span; 0 outside any trace."""
    trace = _trace.get()
    return 0 if trace is None else _parent.get() or trace.root_id


def outgoing(span_id: int = 0) -> dict[str, str]:
    """The headers for a call that leaves from here: `traceparent`, and `tracestate` where it says something."""
    trace = _trace.get()
    if trace is None:
        return {}
    headers = {HEADER: f"00-{trace.trace_id}-{span_id or _parent.get() or trace.root_id:016x}-{'01' if trace.sampled else '00'}"}
    if trace.whole:
        headers[STATE_HEADER] = WHOLE
    return headers


def carry() -> str | None:
    """The current place in the trace as one text, for a job's arguments; `context.parse_carried` reads it."""
    return ";".join(outgoing().values()) or None


def set_carrier(carrier_id: UUID | str) -> None:
    """Whose data the current trace is about."""
    trace = _trace.get()
    if trace is not None:
        trace.carrier_id = carrier_id


def leaf(name: str, kind: str, started: int, error: str | None = None, attributes: Attributes | None = None) -> None:
    """Records a span that began at `started` (`perf_counter_ns`), ends now, and has nothing below it."""
    trace = _trace.get()
    if trace is not None:
        trace.add((name, kind, 0, _parent.get(), started, perf_counter_ns(), error, attributes))


class span:  # noqa: N801 - reads as a statement: `with span("..."):`
    """`with span("name", CLIENT, {...}) as one:` - what happens inside is below it. Outside any trace it does nothing.

    `one.outgoing` are headers for a call to another process, `one.attributes` may be added to, `one.error` set to a word.
    """

    __slots__ = ("_above", "_started", "attributes", "ended", "error", "kind", "name", "span_id", "trace")

    def __init__(self, name: str, kind: str = INTERNAL, attributes: Attributes | None = None) -> None:
        self.name, self.kind, self.attributes = name, kind, attributes
        self.error: str | None = None
        self.span_id = 0

    def __enter__(self) -> Self:
        self.trace = trace = _trace.get()
        self._started = perf_counter_ns()
        if trace is not None:
            self.span_id = new_span_id()
            self._above = _parent.get()
            _parent.set(self.span_id)
        return self

    @property
    def outgoing(self) -> dict[str, str]:
        """The headers for a call that this span stands for."""
        return outgoing(self.span_id)

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        self.ended = perf_counter_ns()
        trace = self.trace
        if trace is None:
            return
        _parent.set(self._above)
        if error is not None and self.error is None:
            self.error = type(error).__name__
        trace.add((self.name, self.kind, self.span_id, self._above, self._started, self.ended, self.error, self.attributes))
