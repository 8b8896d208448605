"""Roster import through nginx on a real stack: 10,000 and 100,000 drivers with twelve evidence dates each."""

from __future__ import annotations

import csv
import datetime
import io
import random
import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.stack import Stack, running_stack

SIZES = (10_000, 100_000)
TODAY = datetime.datetime.now(datetime.UTC).date()
EVIDENCE = [
    "application", "road_test", "mvr_hire", "sph", "drug_pre", "da_policy", "review_annual", "last_mvr_date",
    "ch_full", "ch_annual", "medical_exam_date", "cdl",
]  # fmt: skip
HEADER = ["Employee ID", "First Name", "Last Name", "Hire Date", "Terminal", "CDL Class", "CDL Number", "CDL State", "Interstate"]


def roster(size: int, seed: int = 7) -> bytes:
    """A CSV of `size` drivers, each with twelve dates of evidence."""
    chance = random.Random(seed)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*HEADER, *EVIDENCE])
    for number in range(size):
        hired = TODAY - datetime.timedelta(days=chance.randrange(400, 3000))
        dates = [(TODAY - datetime.timedelta(days=chance.randrange(1, 390))).isoformat() for _ in EVIDENCE]
        terminal = chance.choice(["Dallas", "Memphis", "Denver", "Reno"])
        facts = [f"B{size}-{number}", f"First{number}", f"Last{number % 5000}", hired.isoformat(), terminal]
        writer.writerow([*facts, "A", f"TX{number:08d}", "TX", "yes", *dates])
    return out.getvalue().encode()


def _peak_memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def import_roster(stack: Stack, size: int) -> tuple[float, dict[str, Any]]:
    """Seconds from the upload until it was done with states worked out, and the job. RuntimeError if it does not end."""
    account = stack.account("safety_manager", "Cascadia")
    with httpx.Client(base_url=f"http://127.0.0.1:{stack.port}/api/v1", timeout=120, trust_env=False) as client:
        answer = client.post("/auth/login", json={"email": account["email"], "password": account["password"]})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        content = roster(size)
        begun = time.perf_counter()
        answer = client.post("/roster-imports", files={"file": ("roster.csv", content, "text/csv")}, data={"dry_run": "false"})
        answer.raise_for_status()
        job: dict[str, Any] = answer.json()
        while job["state"] not in ("done", "failed", "cancelled"):
            if time.perf_counter() - begun > 540:
                raise RuntimeError(f"the import of {size} drivers did not end: {job}")
            time.sleep(0.2)
            job = client.get(f"/roster-imports/{job['id']}").raise_for_status().json()
        return time.perf_counter() - begun, job


def main() -> str:
    """Imports both sizes on one stack; the token of ten minutes outlasts each."""
    lines = [
        "| drivers | seconds, upload to done with states worked out | imported | errors | worker's peak memory MB |",
        "|---|---|---|---|---|",
    ]
    with running_stack() as stack:
        worker = next(part for part in stack.parts() if part["name"] == "worker")
        for size in SIZES:
            seconds, job = import_roster(stack, size)
            memory = _peak_memory_mb(worker["pid"])
            lines.append(f"| {size:,} | **{seconds:.1f}** | {job['imported']:,} | {job['error_count']} | {memory:.0f} |")
    return "\n".join([*lines, "", "Floors: 10,000 drivers <= 20 s, worker < 300 MB; 100,000 works."])


if __name__ == "__main__":
    print(main())
