"""Everything that watches an installation, as its settings name it."""

from __future__ import annotations

from dot_copilot.adapters.operations.alertmanager import AlertmanagerAlerts
from dot_copilot.adapters.operations.lately import LatelyAlerts, LatelyMetrics, LatelySupervision
from dot_copilot.adapters.operations.log_files import LogFiles
from dot_copilot.adapters.operations.prometheus import PrometheusMetrics
from dot_copilot.adapters.operations.supervisor import StackSupervision
from dot_copilot.adapters.operations.trace_files import TraceFiles
from dot_copilot.core.settings import Settings
from dot_copilot.core.watching import Watch


def watch(settings: Settings, password: str = "") -> Watch:
    """No connection is made before somebody asks. `password` is that of Prometheus and Alertmanager, if they have one."""
    return Watch(
        metrics=LatelyMetrics(PrometheusMetrics(settings.prometheus_url, password)),
        alerts=LatelyAlerts(AlertmanagerAlerts(settings.alertmanager_url, password)),
        supervisor=LatelySupervision(StackSupervision(settings.supervisor_url)),
        traces=TraceFiles(settings.home / "traces"),
        logs=LogFiles(settings.logs_dir),
    )
