"""The bounded process: one JSON line in, one JSON line out, for as long as it lives. Started by `bounded.parent` alone.

It is given nothing but the paths of files: no environment, no connection, no secret. Whoever takes it over owns a process that
may use this much memory and write files of this size, as the user of the application.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY = 1536 << 20
OUTPUT = 64 << 20


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Modules are loaded when they are needed first: a process that checks PDFs never loads what draws pictures."""
    path = asked["path"]
    match asked["do"]:
        case "pdf":
            from dot_copilot.features.documents.bounded import pdf

            return pdf.look(path)
        case "preview":
            from dot_copilot.features.documents.bounded import pictures

            return pictures.preview(path, asked["media_type"], asked["out"])
        case "read":
            from dot_copilot.features.documents.bounded import writing

            return writing.read(path, asked["media_type"])
    raise ValueError(asked["do"])


def main() -> None:
    """Answers until its input ends. What goes wrong with a file is an answer too."""
    _bound()
    for line in sys.stdin:
        try:
            answer = _answer(json.loads(line))
        except MemoryError:
            answer = {"failed": "memory"}
        except Exception as error:  # noqa: BLE001 - libraries raise what they like at hostile input
            answer = {"failed": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
