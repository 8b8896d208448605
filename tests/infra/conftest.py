"""The Azure program's tests run in the environment that has Pulumi: .venv-infra. Elsewhere only those of the queries are here."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("pulumi_azure_native") else ["test_*.py"]
