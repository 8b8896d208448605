"""Deploys to a running stack, as an operator orders them, and what they left in the journal."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.drills.assistants import assistant
from tests.drills.press import Answer, Press, p99, usual
from tests.drills.releases import Releases
from tests.drills.stacks import StackUnderTest

OBSERVED_S = 6.0
"""How long a new version is watched in these drills."""
STEADY_S = 6.0
ASSISTANTS = 6


def deploy(stack: StackUnderTest, releases: Releases, *words: str) -> subprocess.CompletedProcess[str]:
    options = ("--source", str(releases.root)) if not {"status", "history"} & set(words) else ()
    return stack.run("deploy", *words, *options, timeout=400)


def bring(stack: StackUnderTest, releases: Releases, version: str) -> subprocess.CompletedProcess[str]:
    return deploy(stack, releases, version, "--observe", str(OBSERVED_S))


def is_secure(stack: StackUnderTest) -> bool:
    return "--tls" in stack.options


def authority(stack: StackUnderTest) -> Path | None:
    return stack.home / "tls/ca.pem" if is_secure(stack) else None


def ask(stack: StackUnderTest, path: str, body: object = None, token: str = "") -> Any:
    """What the door answers, which must be 2xx."""
    scheme = "https" if is_secure(stack) else "http"
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"{scheme}://localhost:{stack.port}{path}", data, headers)
    trust = ssl.create_default_context(cafile=str(authority(stack))) if is_secure(stack) else None
    with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
        return json.loads(answer.read())


def ready(stack: StackUnderTest) -> dict[str, Any]:
    found: dict[str, Any] = ask(stack, "/readyz")
    return found


def sign_in(stack: StackUnderTest) -> str:
    accounts = json.loads((stack.home / "demo-accounts.json").read_text())
    account = next(one for one in accounts if one["role"] == "safety_manager")
    answer = ask(stack, "/api/v1/auth/login", {"email": account["email"], "password": account["password"]})
    return str(answer["access_token"])


def journal(stack: StackUnderTest) -> list[dict[str, Any]]:
    path = stack.home / "deploys/local/journal.jsonl"
    return [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []


def moment(line: Mapping[str, Any]) -> float:
    """Seconds since the epoch."""
    return datetime.fromisoformat(line["at"]).timestamp()


@dataclass
class Swap:
    """One deploy of a drill, from its journal and what the load saw meanwhile. Moments are monotonic."""

    version: str
    outcome: str
    reason: str
    steady: list[Answer]
    """Right before it."""
    answers: list[Answer]
    swapped_at: float | None
    drained_at: float | None
    """When the colour that serves no more had finished and stopped."""
    back_s: float | None
    """From the decision to go back until the old version served."""
    exposed_s: float | None
    """From the swap until the decision."""
    steps: dict[str, float]

    @property
    def around(self) -> list[Answer]:
        """What began from a second before the swap until three after it, when users are sent elsewhere."""
        turned = self.swapped_at
        return [] if turned is None else [one for one in self.answers if -1 <= one.at - turned <= 3]

    @property
    def during(self) -> list[Answer]:
        """What began between the swap and the end of the other colour."""
        turned, end = self.swapped_at, self.drained_at
        return [] if turned is None or end is None else [one for one in self.answers if turned <= one.at <= end]

    @property
    def before(self) -> list[Answer]:
        """What began while the release was built, placed, warmed up and tried."""
        return [one for one in self.answers if self.swapped_at is None or one.at < self.swapped_at]

    @property
    def failed(self) -> list[Answer]:
        """What failed and no bad release answered itself."""
        return [one for one in self.answers if one.failed and not one.of_bad_release]

    @property
    def made_bad(self) -> int:
        return len([one for one in self.answers if one.of_bad_release])


def swap(stack: StackUnderTest, releases: Releases, press: Press, version: str) -> Swap:
    """Deploy a version under load, after a look at what is usual."""
    steady = press.during(STEADY_S)
    first, lines = len(press.answers), len(journal(stack))
    bring(stack, releases, version)
    time.sleep(1)
    new = journal(stack)[lines:]
    offset = time.monotonic() - time.time()
    at = {(one.get("step", one["event"]), one.get("state", "")): moment(one) + offset for one in new}
    turned, decided, returned = at.get(("swap", "begun")), at.get(("back", "")), at.get(("swap-back", "done"))
    return Swap(
        version,
        str(new[-1].get("outcome")),
        next((one["reason"] for one in new if one["event"] == "back"), ""),
        steady,
        press.answers[first:],
        turned,
        at.get(("retire", "done")) or at.get(("clear", "done")),
        returned - decided if returned and decided else None,
        decided - turned if turned and decided else None,
        {one["step"]: one["seconds"] for one in new if one["event"] == "step" and one["state"] != "begun"},
    )


def pressed(stack: StackUnderTest) -> tuple[float, Press]:
    """The capacity in requests a second, found with as many as there can be at a time; and a press at half of it."""
    token = sign_in(stack)
    terminal = ask(stack, "/api/v1/terminals", token=token)["items"][0]["id"]
    scheme = "https" if is_secure(stack) else "http"
    mix = usual(token, terminal, [assistant(stack, scheme).token for _ in range(ASSISTANTS)])
    full = Press(stack.port, mix, authority=authority(stack)).start()
    full.during(3)
    capacity = len(full.during(6)) / 6
    full.stop()
    press = Press(stack.port, mix, rate=capacity / 2, authority=authority(stack)).start()
    press.during(3)
    return capacity, press


def report(capacity: float, swaps: list[Swap]) -> str:
    """The drill in figures; `at the swap` is from 1 s before to 3 s after it, `until drained` ends with the old colour."""
    steady = [answer for one in swaps for answer in one.steady]
    lines = [
        f"capacity {capacity:.0f} requests/s; load {len(steady) / STEADY_S / len(swaps):.0f}/s; steady p99 "
        f"{p99(steady) * 1000:.0f} ms, {len([one for one in steady if one.failed])} failed",
        "version     outcome      requests  failed  of the bad release  p99 steady  before the swap  at the swap  until drained  "
        "whole deploy  seen for  back in  why",
    ]
    for one in swaps:
        figures = [f"{p99(some) * 1000:.0f} ms" if some else "-" for some in (one.before, one.around, one.during, one.answers)]
        seen, back = ("-" if value is None else f"{value:.1f} s" for value in (one.exposed_s, one.back_s))
        lines.append(
            f"{one.version:<11} {one.outcome:<12} {len(one.answers):>8}  {len(one.failed):>6}  {one.made_bad:>18}  "
            f"{p99(one.steady) * 1000:>7.0f} ms  {figures[0]:>15}  {figures[1]:>11}  {figures[2]:>13}  {figures[3]:>12}  "
            f"{seen:>8}  {back:>7}  {one.reason}"
        )
        lines.append("    " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in one.steps.items()))
        lines += [f"    failed: {bad.what} {bad.status} {bad.why}" for bad in one.failed[:5]]
    return "\n".join(lines)
