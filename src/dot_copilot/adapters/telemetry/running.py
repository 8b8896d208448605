"""Telemetry of a process, from its settings: what runs while the process does."""

from __future__ import annotations

import asyncio
import logging
import os
import time

from dot_copilot.adapters.telemetry.files import TraceFile
from dot_copilot.adapters.telemetry.lane import Exporter, Lane
from dot_copilot.adapters.telemetry.listener import MetricsListener
from dot_copilot.adapters.telemetry.log_handler import LaneHandler
from dot_copilot.adapters.telemetry.process import ProcessFigures
from dot_copilot.core.redaction import Redaction
from dot_copilot.core.settings import Settings
from dot_copilot.core.telemetry import RECORDER, REGISTRY, Trace
from dot_copilot.core.telemetry.standard import BUILD

log = logging.getLogger(__name__)
FLUSH_SECONDS = 2.0


class Telemetry:
    """The process's exporters, its metrics port and its own figures."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listener = MetricsListener(REGISTRY, settings.metrics_port, settings.metrics_host)
        self._process = ProcessFigures()
        self._lanes: list[Lane] = []
        self._handler: LaneHandler | None = None

    async def start(self) -> None:
        """Begins. Exporters that take long to load are loaded in a thread, and nothing is kept until they are there."""
        BUILD.set(self._settings.version, to=1)
        self._process.start()
        await self._listener.start()
        names = [name for part in self._settings.telemetry.split(",") if (name := part.strip()) not in ("", "none")]
        for name in names:
            try:
                exporter = await asyncio.to_thread(make, name, self._settings)
            except Exception:
                log.exception("telemetry is not sent to '%s'", name)
                continue
            self._lanes.append(Lane(exporter))
        for lane in self._lanes:
            lane.start()
        if self._lanes:
            RECORDER.ratio = self._settings.trace_ratio
            RECORDER.most = 0.0 if "azure" in names else self._settings.traces_per_second
            RECORDER.sink = self._lanes[0].offer_trace if len(self._lanes) == 1 else self._to_all
        if listening := [lane for lane in self._lanes if lane.wants_logs]:
            self._handler = LaneHandler(listening)
            self._handler.addFilter(Redaction())
            logging.getLogger().addHandler(self._handler)

    def _to_all(self, trace: Trace) -> None:
        for lane in self._lanes:
            lane.offer_trace(trace)

    async def stop(self) -> None:
        """Sends what waits, for two seconds at most, and ends."""
        RECORDER.sink = None
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
        deadline = time.monotonic() + FLUSH_SECONDS
        await asyncio.gather(*(asyncio.to_thread(lane.stop, deadline) for lane in self._lanes))
        self._process.stop()
        await self._listener.stop()


def make(name: str, settings: Settings) -> Exporter:
    """The exporter of that name; the heavy ones are imported here. `ValueError` when there is none, or something is missing."""
    if name == "file":
        return TraceFile(settings.home / "traces", settings.part, settings.version)
    if name == "otlp":
        from dot_copilot.adapters.telemetry.otlp import OtlpExporter

        return OtlpExporter(REGISTRY, settings.part, settings.version)
    if name == "azure":
        connection_string = os.environ.get("APPLICATIONINSIGHTS_CONNECTION_STRING", "")
        if not connection_string:
            raise ValueError("APPLICATIONINSIGHTS_CONNECTION_STRING is not set")
        try:
            from dot_copilot.adapters.telemetry.azure import AzureExporter
        except ModuleNotFoundError as missing:
            raise ValueError(f"it needs the package {missing.name}: pip install 'dot-copilot[azure]'") from None
        return AzureExporter(REGISTRY, settings.part, settings.version, connection_string)
    raise ValueError("DOT_TELEMETRY is a list of file, otlp, azure, or none")
