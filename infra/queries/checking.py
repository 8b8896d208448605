"""Checks queries with Microsoft's language service (Node, in `check/`) against the declared tables, offline.

`python -m infra.queries.checking` prints what is wrong with the files of this folder. It finds wrong columns, tables,
functions, operators and types, as the portal's editor does, and tells what columns a query returns. It cannot know
whether a property inside `Properties` exists, nor whether rows are there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.queries.files import queries
from infra.queries.tables import TABLES, schema

CHECKER = Path(__file__).parent / "check"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a line and column that count from 1."""

    query: str
    line: int
    column: int
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"infra/queries/{self.query}.kql:{self.line}:{self.column}: {self.code} {self.message}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found of one query: problems, and the columns of its result by name with their Kusto types."""

    problems: tuple[Problem, ...]
    columns: Mapping[str, str]


def check(texts: Mapping[str, str]) -> dict[str, Checked]:
    """Checks texts by name. Raises RuntimeError when the checker itself fails, e.g. because `make setup` did not run."""
    asked = {"tables": {name: schema(columns) for name, columns in TABLES.items()}, "queries": dict(texts)}
    answer = subprocess.run(  # noqa: S603 - the program and its arguments are ours
        ["node", str(CHECKER / "check.cjs")],  # noqa: S607
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if answer.returncode:
        raise RuntimeError(f"the KQL checker failed; did 'make setup' run?\n{answer.stderr}")
    return {
        name: Checked(tuple(Problem(name, **problem) for problem in found["problems"]), dict(found["columns"]))
        for name, found in json.loads(answer.stdout).items()
    }


def main() -> int:
    """Prints what is wrong with the queries of this folder; 1 if anything is."""
    found = check({name: query.text for name, query in queries().items()})
    problems = [problem for checked in found.values() for problem in checked.problems]
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
