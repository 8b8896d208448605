"""A stand-in for Azure's CLI and for the App Service behind it, in one file of state.

It refuses as `az` does: nobody signed in, no such site, no slots on a small plan, a site that is busy. What Azure has begun goes
on when the one who asked is killed: an operation is written down with its end, and takes effect when that time has come.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command must start quickly
    from dot_copilot.deploy.azure.front import Answer

State = dict[str, Any]
GROUP, SITE = "rg-dotcopilot-prod", "app-dotcopilot-prod"
PUBLIC = "api.example.com"
HOSTS = {"production": f"{SITE}.azurewebsites.net", "staging": f"{SITE}-staging.azurewebsites.net"}
BUSY = "Operation returned an invalid status 'Conflict'\nCannot modify this site because another operation is in progress. (409)"


def fresh(version: str, *, slots: bool = True) -> State:
    """A site that serves `version`, and an empty slot."""
    empty = {"version": "", "running": True, "ready_at": 0.0}
    return {
        "signed_in": True,
        "reachable": True,
        "slots": {"production": {**empty, "version": version}, **({"staging": empty} if slots else {})},
        "swapping_to": "",
        "operation": None,
        "takes": {},
        "wrong": {},
        "metrics": [100, 0],
        "calls": [],
    }


@contextlib.contextmanager
def opened(path: Path) -> Iterator[State]:
    """The state, with everything in it that is due, held against others, and written back."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state: State = json.loads(path.read_text())
        _settle(state)
        yield state
        new = path.with_suffix(".new")
        new.write_text(json.dumps(state))
        new.replace(path)


def _settle(state: State) -> None:
    """What was begun and has ended by now."""
    operation = state["operation"]
    if not operation or time.time() < operation["ends"]:
        return
    state["operation"], slots = None, state["slots"]
    restart = time.time() + state["takes"].get("restart", 0)
    match operation["kind"]:
        case "deploy":
            slots[operation["slot"]] |= {"version": operation["version"], "ready_at": restart}
        case "preview":
            state["swapping_to"] = "production"
            slots["staging"]["ready_at"] = restart
        case "swap":
            slots["production"], slots["staging"] = slots["staging"], slots["production"]
            state["swapping_to"] = ""
        case "reset":
            state["swapping_to"] = ""


class Refusal(Exception):
    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def _option(words: list[str], name: str, otherwise: str = "") -> str:
    return words[words.index(name) + 1] if name in words else otherwise


def _slot(state: State, words: list[str]) -> str:
    if (_option(words, "--resource-group"), _option(words, "--name")) != (GROUP, SITE):
        raise Refusal(f"(ResourceNotFound) The Resource 'Microsoft.Web/sites/{_option(words, '--name')}' was not found.", 3)
    name = _option(words, "--slot", "production")
    if name not in state["slots"]:
        raise Refusal(f"(ResourceNotFound) The Resource 'Microsoft.Web/sites/{SITE}/slots/{name}' was not found.", 3)
    return name


def _begin(state: State, kind: str, **more: str) -> None:
    if state["operation"]:
        raise Refusal(BUSY)
    state["operation"] = {"kind": kind, "ends": time.time() + state["takes"].get(kind, 0), **more}


def answer(state: State, words: list[str]) -> Any:
    """What az would print; raises Refusal."""
    if not state["reachable"]:
        raise Refusal("HTTPSConnectionPool(host='management.azure.com', port=443): Max retries exceeded with url: /")
    if not state["signed_in"]:
        raise Refusal("Please run 'az login' to setup account.")
    plain = " ".join(word for word in words[: next((i for i, word in enumerate(words) if word.startswith("-")), None)])
    if plain == "account show":
        return {"id": "0", "state": "Enabled"}
    if plain == "monitor metrics list":
        values = zip(("Requests", "Http5xx"), state["metrics"], strict=True)
        return {"value": [{"name": {"value": name}, "timeseries": [{"data": [{"total": n}, {}]}]} for name, n in values]}
    if plain.startswith("staticwebapp "):
        return _pages(state, plain)
    known = {
        "webapp show": _show,
        "webapp deployment slot list": lambda state, _name, _words: [
            {"name": one} for one in state["slots"] if one != "production"
        ],
        "webapp start": lambda state, name, _words: _run(state, name, True),
        "webapp stop": lambda state, name, _words: _run(state, name, False),
        "webapp config appsettings list": lambda state, _name, _words: [
            {"name": key, "value": value} for key, value in state.get("settings", {}).items()
        ],
        "webapp deploy": _deploy,
        "webapp deployment slot swap": _swap,
    }
    if plain not in known:
        raise Refusal(f"'{plain}' is misspelled or not recognized by the system.", 2)
    return known[plain](state, _slot(state, words), words)


def _show(state: State, name: str, _words: list[str]) -> Any:
    return {
        "id": f"/subscriptions/0/resourceGroups/{GROUP}/providers/Microsoft.Web/sites/{SITE}",
        "defaultHostName": HOSTS[name],
        "hostNames": [HOSTS[name], *([PUBLIC] if name == "production" else [])],
        "state": "Running" if state["slots"][name]["running"] else "Stopped",
        "targetSwapSlot": state["swapping_to"] or None if name == "staging" else None,
    }


def _pages(state: State, plain: str) -> Any:
    if not (pages := state.get("pages")):
        raise Refusal("(ResourceNotFound) The Resource 'Microsoft.Web/staticSites/stapp-dotcopilot-prod' was not found.", 3)
    if plain == "staticwebapp secrets list":
        return {"name": "default", "properties": {"apiKey": pages["token"]}}
    return {"defaultHostname": pages["host"], "customDomains": pages["domains"]}


def _run(state: State, name: str, wanted: bool) -> None:
    slot = state["slots"][name]
    if slot["running"] != wanted:
        slot |= {"running": wanted, "ready_at": time.time() + state["takes"].get("restart", 0)}


def _deploy(state: State, name: str, words: list[str]) -> None:
    with zipfile.ZipFile(_option(words, "--src-path")) as archive:
        version = archive.read("src/dot_copilot/VERSION").decode().strip()
    _begin(state, "deploy", slot=name, version=version)


def _swap(state: State, _name: str, words: list[str]) -> None:
    action = _option(words, "--action", "swap")
    if action == "preview" and state["swapping_to"]:
        raise Refusal("(Conflict) A swap with preview is already in progress.")
    _begin(state, action)


def main() -> int:
    """As az: an answer on standard output, or ERROR: on standard error. It ends when Azure has done it."""
    words, path = sys.argv[1:], Path(os.environ["FAKE_AZ_STATE"])
    try:
        with opened(path) as state:
            state["calls"].append(" ".join(words))
            said = answer(state, words)
            ends = state["operation"]["ends"] if said is None and state["operation"] else 0.0
    except Refusal as refusal:
        sys.stderr.write(f"ERROR: {refusal}\n")
        return refusal.code
    if words[:2] == ["webapp", "deploy"] or "swap" in words:
        time.sleep(max(0.0, ends - time.time()))
    if said is not None:
        sys.stdout.write(json.dumps(said))
    return 0


def install(directory: Path, state: State) -> Path:
    """Puts `az` into `directory`, for a PATH; gives the file of state, which FAKE_AZ_STATE must name."""
    directory.mkdir(exist_ok=True)
    root = Path(__file__).resolve().parents[2]
    program = directory / "az"
    program.write_text(
        f"#!{Path(sys.executable).resolve()} -IS\nimport sys\nsys.path[:0] = [{str(root)!r}]\n"
        "from tests.support.fake_az import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    path = directory / "state.json"
    path.write_text(json.dumps(state))
    return path


class Sites:
    """What the sites of the state answer. `wrong` of a version: never-ready, smoke, errors, slow, or with-settings."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __call__(self, host: str, path: str) -> Answer:
        from dot_copilot.deploy.azure.front import Answer

        with opened(self._path) as state:
            name = "production" if host == PUBLIC else next(slot for slot, known in HOSTS.items() if known == host)
            slot, swapping, wrong = dict(state["slots"][name]), state["swapping_to"], state["wrong"]
        how = wrong.get(slot["version"], "")
        if not slot["running"]:
            return Answer(403, "Error 403 - This web app is stopped.", 0.01)
        if not slot["version"] or time.time() < slot["ready_at"]:
            return Answer(200, "<html>Your web app is running and waiting for your content</html>", 0.01)
        serves = name == "production"
        good = how != "never-ready" and not (how == "with-settings" and (swapping or serves)) and not (how == "errors" and serves)
        seconds = 3.0 if how == "slow" and serves else 0.01
        if path == "/readyz":
            return Answer(200 if good else 503, json.dumps({"version": slot["version"], "parts": {}}), seconds)
        bodies = {
            "/healthz": '{"status":"ok"}',
            "/api/openapi.json": '"DOT-Copilot"',
            "/api/v1/drivers": '{"type":"x"}',
            "/mcp": "",
        }
        status = 401 if path in ("/api/v1/drivers", "/mcp") else 200
        broken = not good or (how == "smoke" and path == "/api/v1/drivers")
        return Answer(500 if broken else status, "" if broken else bodies[path], seconds)
