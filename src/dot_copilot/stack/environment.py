"""The environment processes of the stack are given: little of ours, nothing of a stranger's."""

from __future__ import annotations

import os
from collections.abc import Mapping

_PASSED_ON = frozenset(
    ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE"]
)


def base(source: Mapping[str, str] | None = None) -> dict[str, str]:
    """What every part gets: the basics and the user's own `DOT_*` settings.

    PYTHONDONTWRITEBYTECODE is left out on purpose: without byte code the application starts half as fast.
    """
    source = os.environ if source is None else source
    kept = {name: value for name, value in source.items() if name in _PASSED_ON or name.startswith("DOT_")}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", **kept, "PYTHONUNBUFFERED": "1"}
