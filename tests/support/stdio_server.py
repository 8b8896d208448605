"""A stdio MCP server for tests, as good or as hostile as it is told: each of its tools is a way to behave.

`MODE` in the environment spoils what comes before any call: `silent`, `exits`, `noisy`, `old`, `endless-pages`, `deaf`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, NamedTuple

MODE = os.environ.get("MODE", "")
answers: dict[Any, Any] = {}
arrived = threading.Condition()
lock = threading.Lock()
seen: list[Any] = []


class Call(NamedTuple):
    number: Any
    arguments: dict[str, Any]
    meta: dict[str, Any]


def write(raw: str) -> None:
    with lock:
        sys.stdout.write(raw + "\n")
        sys.stdout.flush()


def send(**message: Any) -> None:
    write(json.dumps({"jsonrpc": "2.0", **message}))


def text(value: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": value if isinstance(value, str) else json.dumps(value)}]}


# -- tools that give something --------------------------------------------------------------------------------------------


def echo(call: Call) -> Any:
    time.sleep(call.arguments.get("seconds", 0))
    return call.arguments


def environment(_: Call) -> Any:
    return {"pid": os.getpid(), "environment": dict(os.environ)}


def progress(call: Call) -> Any:
    for step in range(int(call.arguments.get("steps", 3))):
        send(method="notifications/progress", params={"progressToken": call.meta.get("progressToken"), "progress": step})
    return {"token": call.meta.get("progressToken")}


def log(_: Call) -> Any:
    send(method="notifications/message", params={"level": "info", "data": "working"})
    return "logged"


def ask(call: Call) -> Any:
    number = f"server-{time.monotonic_ns()}"
    send(id=number, method=call.arguments["method"], params=call.arguments.get("params", {}))
    with arrived:
        arrived.wait_for(lambda: number in answers, 20)
    return answers.get(number)


def spawn(_: Call) -> Any:
    return {"pid": subprocess.Popen(["sleep", "600"], stdin=subprocess.DEVNULL).pid}


def changed(_: Call) -> Any:
    send(method="notifications/tools/list_changed")
    return "changed"


def fault_then_answer(_: Call) -> Any:
    write("this is not JSON")
    write("[1, 2]")
    write(json.dumps({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "?"}}))
    return "fine"


def told(_: Call) -> Any:
    """What the server was told so far: the parameters of `initialize`, then notifications."""
    return seen


# -- tools that answer in their own way, or not at all ----------------------------------------------------------------------


def hang(_: Call) -> None:
    time.sleep(600)


def crash(_: Call) -> None:
    sys.stderr.write(f"token {os.environ.get('TOKEN', '')} made me ghp_0123456789abcdefghij fall\n")
    sys.stderr.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def giant(call: Call) -> None:
    send(id=call.number, result=text("x" * int(call.arguments["size"])))


def endless(_: Call) -> None:
    while True:
        sys.stdout.write("y" * 65536)


def garbage(call: Call) -> None:
    write('{"jsonrpc":"2.0","id":' + str(call.number) + ',"result":{')


def wrong_id(call: Call) -> None:
    send(id=call.number + 1000, result=text("for somebody else"))
    send(id="nobody", result=text("for nobody"))


def twice(call: Call) -> None:
    send(id=call.number, result=text("once"))
    send(id=call.number, result=text("again"))


def text_id(call: Call) -> None:
    send(id=str(call.number), result=text("an id as text"))


def no_result(call: Call) -> None:
    send(id=call.number)


def flood(_: Call) -> None:
    while True:
        send(method="notifications/message", params={"level": "info", "data": "z" * 4096})


def close(_: Call) -> None:
    os.close(1)


def batch(call: Call) -> None:
    write(json.dumps([{"jsonrpc": "2.0", "id": call.number, "result": text("in a batch")}]))


GIVING = {run.__name__: run for run in (echo, environment, progress, log, ask, spawn, changed, fault_then_answer, told)}
OWN_WAY = {
    run.__name__: run for run in (hang, crash, giant, endless, garbage, wrong_id, twice, text_id, no_result, flood, close, batch)
}
TOOLS = [*GIVING, *OWN_WAY]


def run_tool(number: Any, params: dict[str, Any]) -> None:
    call = Call(number, params.get("arguments", {}), params.get("_meta", {}))
    if params["name"] in OWN_WAY:
        OWN_WAY[params["name"]](call)
    else:
        send(id=number, result=text(GIVING[params["name"]](call)))


def page(params: dict[str, Any]) -> dict[str, Any]:
    start = int(params.get("cursor", 0))
    if MODE == "endless-pages":
        return {"tools": [{"name": f"tool{start}", "inputSchema": {"type": "object"}}], "nextCursor": str(start + 1)}
    found: dict[str, Any] = {"tools": [{"name": name, "inputSchema": {"type": "object"}} for name in TOOLS[start : start + 7]]}
    return found | ({"nextCursor": str(start + 7)} if start + 7 < len(TOOLS) else {})


def initialize(params: dict[str, Any]) -> dict[str, Any]:
    seen.append(params)
    version = "1999-01-01" if MODE == "old" else "2025-06-18"
    capabilities = {"tools": {"listChanged": True}, "logging": {}, "resources": {"subscribe": True}}
    return {"protocolVersion": version, "capabilities": capabilities, "serverInfo": {"name": "test", "version": "1"}}


def answer(message: dict[str, Any]) -> None:
    method, number, params = message.get("method"), message.get("id"), message.get("params") or {}
    if method is None:
        with arrived:
            answers[number] = message.get("result", message.get("error"))
            arrived.notify_all()
    elif number is None:
        seen.append(message)
    elif method == "initialize":
        send(id=number, result=initialize(params))
        if MODE == "deaf":
            time.sleep(600)
    elif method == "tools/list":
        send(id=number, result=page(params))
    elif method == "tools/call":
        threading.Thread(target=run_tool, args=(number, params), daemon=True).start()
    else:
        send(id=number, error={"code": -32601, "message": f"no {method}"})


def main() -> None:
    if MODE == "exits":
        sys.exit("the configuration is wrong")
    if MODE == "silent":
        time.sleep(600)
    if MODE == "noisy":
        write("Welcome to the server!")
    for line in sys.stdin:
        answer(json.loads(line))


if __name__ == "__main__":
    main()
