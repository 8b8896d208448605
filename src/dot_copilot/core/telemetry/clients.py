"""Calls to other servers: `with http_call("openbao", "GET") as call:` is a span, and a value of a histogram."""

from __future__ import annotations

from typing import Any

from dot_copilot.core.telemetry.standard import HTTP_CLIENT, VALKEY
from dot_copilot.core.telemetry.trace import CLIENT, Attributes, span


class _Call(span):
    __slots__ = ()

    def _seconds(self) -> float:
        return (self.ended - self._started) / 1e9

    def _kept_id(self) -> str | None:
        return self.trace.trace_id if self.trace is not None and self.trace.sampled else None


class http_call(_Call):  # noqa: N801 - reads as a statement
    """One request to `server`, a name of ours. `status`: what came back; 0, if the block ends without, is no answer."""

    __slots__ = ("server", "status")

    def __init__(self, server: str, method: str) -> None:
        attributes: Attributes = {"http.request.method": method, "dot.server": server}
        super().__init__(f"{method} {server}", CLIENT, attributes)
        self.server, self.status = server, 0

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if self.attributes is not None and self.status:
            self.attributes["http.response.status_code"] = self.status
        if self.status >= 500:
            self.error = str(self.status)
        super().__exit__(kind, error, traceback)
        HTTP_CLIENT.observe(self.server, str(self.status), seconds=self._seconds(), trace_id=self._kept_id())


class valkey_call(_Call):  # noqa: N801 - reads as a statement
    """One round trip to Valkey for `operation`, a name of ours."""

    __slots__ = ("operation",)

    def __init__(self, operation: str) -> None:
        super().__init__(f"valkey {operation}", CLIENT, {"db.system.name": "valkey", "db.operation.name": operation})
        self.operation = operation

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        super().__exit__(kind, error, traceback)
        VALKEY.observe(self.operation, seconds=self._seconds(), trace_id=self._kept_id())
