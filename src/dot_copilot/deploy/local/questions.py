"""What the idle colour and the front door are asked: plain HTTP on this machine, and what must come back."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.stack import wire
from dot_copilot.stack.errors import ProbeError
from dot_copilot.stack.home import Home

_ASSET = re.compile(r'(?:src|href)="(/assets/[^"]+)"')
_SLOW_S, _ROUNDS = 5.0, 3
_QUICK_S, _WARM_ROUNDS = 0.5, 20
_AT_ONCE = 12
_PAUSE_S = 0.02
"""Between two questions, so that who serves meanwhile gets its turn."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status (0: none came), its body, and the seconds it took."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body; None if it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


async def ask(port: int, path: str, *, method: str = "GET", body: object = None, token: str = "", authority: str = "") -> Said:
    """One request to this machine; never raises for what comes back."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    began = time.monotonic()
    try:
        answer = await wire.request(port, method, path, body=body, headers=headers, authority=authority)
    except (OSError, ProbeError, TimeoutError) as error:
        return Said(0, str(error).encode(), time.monotonic() - began)
    return Said(answer.status, answer.body, time.monotonic() - began)


@dataclass
class Colour:
    """A colour's processes, by name with their ports, and who they must say they are."""

    version: str
    name: str
    ports: Mapping[str, int]
    bad: list[str] = field(default_factory=list)
    """A line for every answer that was wrong."""

    @property
    def apis(self) -> list[tuple[str, int]]:
        """Processes of the API."""
        return [(name, port) for name, port in self.ports.items() if name.startswith("api-")]

    def note(self, who: str, path: str, said: Said, why: str) -> None:
        """Remember what was wrong."""
        self.bad.append(f"{who} {path}: {why}; answered {said.status} in {said.seconds:.3f} s: {said.body[:600]!r}")

    def judge(self, what: str) -> None:
        """StepFailedError if anything was wrong."""
        if self.bad:
            more = f" (and {len(self.bad) - 1} more)" if len(self.bad) > 1 else ""
            raise StepFailedError(f"{what}: {self.bad[0].split('; answered')[0]}{more}", {"bad-answers.txt": "\n".join(self.bad)})


async def warm_up(colour: Colour, home: Home) -> None:
    """The reads that everybody begins with, until they are quick; StepFailedError if they do not become so."""
    token = await sign_in(colour, home)
    paths = ["/readyz", "/api/openapi.json", *(["/api/v1/me", "/api/v1/drivers", "/api/v1/compliance/summary"] if token else [])]
    slowest = 0.0
    for _ in range(_WARM_ROUNDS):
        answers = [await ask(port, path, token=token) for _, port in colour.apis for path in paths]
        slowest = max(said.seconds for said in answers)
        if slowest < _QUICK_S and all(said.status < 500 and said.status for said in answers):
            break
        await asyncio.sleep(_PAUSE_S)
    else:
        raise StepFailedError(f"{colour.version} does not become quick and well: its slowest answer still takes {slowest:.1f} s")
    # Several at a time, so that connections to the database are open when everybody comes.
    for path in paths[1:]:
        for _, port in colour.apis:
            await asyncio.gather(*(ask(port, path, token=token) for _ in range(_AT_ONCE)))
            await asyncio.sleep(_PAUSE_S)


async def smoke(colour: Colour, home: Home) -> None:
    """Who every process says it is; that strangers are kept out; and, with an account, every list a person can read, thrice."""
    for name, port in colour.ports.items():
        said = await ask(port, "/readyz")
        words = said.json() or {}
        if said.status != 200 or (words.get("version"), words.get("colour")) != (colour.version, colour.name):
            colour.note(name, "/readyz", said, f"is not {colour.version} in {colour.name}")
    for name, port in colour.apis:
        for path in ("/api/v1/me", "/api/v1/drivers"):
            said = await ask(port, path)
            if said.status != 401:
                colour.note(name, path, said, "does not keep strangers out")
        said = await ask(port, "/.well-known/jwks.json")
        if said.status != 200 or not (said.json() or {}).get("keys"):
            colour.note(name, "/.well-known/jwks.json", said, "has no keys")
    for name, port in colour.ports.items():
        if name.startswith("gateway-") and (said := await ask(port, "/mcp", method="POST", body={})).status not in (401, 403):
            colour.note(name, "/mcp", said, "does not keep strangers out")
    colour.judge("the smoke test failed")
    token = await sign_in(colour, home)
    if token:
        await _read_everything(colour, token)
    colour.judge("the smoke test failed")


async def _read_everything(colour: Colour, token: str) -> None:
    """Every read without a required parameter that its own document names: none may fail, or take long."""
    for name, port in colour.apis:
        document = (await ask(port, "/api/openapi.json")).json() or {}
        paths = [path for path, methods in document.get("paths", {}).items() if _is_plain_read(path, methods.get("get"))]
        if not paths:
            colour.bad.append(f"{name} /api/openapi.json: names nothing that could be read; answered 200")
        for path in paths * _ROUNDS:
            said = await ask(port, path, token=token)
            await asyncio.sleep(_PAUSE_S)
            if said.status == 0 or said.status >= 500 or said.seconds > _SLOW_S:
                colour.note(name, path, said, "fails" if said.status >= 500 or not said.status else "takes too long")


def _is_plain_read(path: str, read: Mapping[str, Any] | None) -> bool:
    if read is None or "{" in path or not read.get("security"):
        return False
    return not any(one.get("required") for one in read.get("parameters", ()))


async def sign_in(colour: Colour, home: Home) -> str:
    """A token of `smoke-account.json` in the home, else of the demo's manager; none without either.

    StepFailedError if the account is not let in.
    """
    account = _account(home)
    if account is None or not colour.apis:
        return ""
    name, port = colour.apis[0]
    said = await ask(port, "/api/v1/auth/login", method="POST", body=account)
    token = (said.json() or {}).get("access_token", "") if said.status == 200 else ""
    if not token:
        colour.note(name, "/api/v1/auth/login", said, f"{account['email']} is not let in")
        colour.judge("nobody can sign in")
    return str(token)


def _account(home: Home) -> dict[str, str] | None:
    for path in (home.root / "smoke-account.json", home.accounts_file):
        try:
            found = json.loads(path.read_text())
            chosen = found if isinstance(found, dict) else next(one for one in found if one["role"] == "safety_manager")
            return {"email": chosen["email"], "password": chosen["password"]}
        except (OSError, ValueError, KeyError, StopIteration):
            continue
    return None


def web_problems(dist: Path) -> list[str]:
    """What the first page names and is not there."""
    index = dist / "index.html"
    if not index.exists():
        return [f"{index} is missing"]
    names = _ASSET.findall(index.read_text())
    return [f"{name} is missing" for name in names if not (dist / name.lstrip("/")).exists()]


async def through_the_door(home: Home, port: int, tls: bool, path: str) -> Said:
    """A request as a browser makes it."""
    return await ask(port, path, authority=str(home.root / "tls/ca.pem") if tls else "")
