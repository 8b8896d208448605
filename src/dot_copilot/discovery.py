"""Finds what the features offer, so that a new router, task or subscriber is a new file and nothing else."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from types import ModuleType

from dot_copilot import features


def modules(name: str) -> list[ModuleType]:
    """Each feature's module `name` ('api', 'tasks', 'subscribers'), in alphabetical order of features."""
    found = []
    for feature in sorted(info.name for info in pkgutil.iter_modules(features.__path__) if info.ispkg):
        path = f"{features.__name__}.{feature}.{name}"
        if importlib.util.find_spec(path) is not None:
            found.append(importlib.import_module(path))
    return found
