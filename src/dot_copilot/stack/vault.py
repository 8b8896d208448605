"""OpenBao as the stack's secret store: opened once a home, then read by the supervisor at every start."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from dot_copilot.stack import generate, wire
from dot_copilot.stack.errors import ProbeError, StackError
from dot_copilot.stack.home import Home, write_private

MOUNT, FOLDER = "kv", "dot-copilot"

# What people and carriers entrust to it (GitHub tokens, signing secrets) the application writes and deletes itself, and the
# grants of the gateway at its upstreams it writes; nothing else.
APPLICATION_POLICY = f"""
path "{MOUNT}/data/{FOLDER}/*" {{ capabilities = ["read"] }}
path "{MOUNT}/data/{FOLDER}/people/*" {{ capabilities = ["create", "read", "update", "delete"] }}
path "{MOUNT}/metadata/{FOLDER}/people/*" {{ capabilities = ["delete"] }}
path "{MOUNT}/data/{FOLDER}/carriers/*" {{ capabilities = ["create", "read", "update", "delete"] }}
path "{MOUNT}/metadata/{FOLDER}/carriers/*" {{ capabilities = ["delete"] }}
path "{MOUNT}/data/{FOLDER}/upstreams/+/grant" {{ capabilities = ["create", "read", "update"] }}
"""
SUPERVISOR_POLICY = f"""
path "{MOUNT}/data/{FOLDER}/*" {{ capabilities = ["create", "read", "update"] }}
path "sys/policies/acl/dot-*" {{ capabilities = ["create", "read", "update"] }}
path "auth/approle/role/dot-*" {{ capabilities = ["create", "read", "update"] }}
path "{MOUNT}/metadata/{FOLDER}/*" {{ capabilities = ["list"] }}
"""
_ROLES: Mapping[str, str] = {"dot-app": APPLICATION_POLICY, "dot-supervisor": SUPERVISOR_POLICY}


PROBED = "database_app_password"
"""What PostgreSQL is asked with, again and again, and is replaced meanwhile; the one to come is kept as `<name>_next`."""


class Vault:
    """Conversations with one OpenBao server."""

    def __init__(self, home: Home, port: int) -> None:
        self._home = home
        self._port = port
        self._token = ""
        self._values: dict[str, str] = {}

    @property
    def _credentials(self) -> Path:
        return self._home.secrets / "supervisor.json"

    @property
    def _root_token(self) -> Path:
        return self._home.secrets / "openbao-root.json"

    @property
    def role_id_file(self) -> Path:
        """Where the application's role id is (an identifier, not a secret)."""
        return self._home.secrets / "app-role-id"

    @property
    def has_credentials(self) -> bool:
        """Whether anything on this machine can still open what OpenBao stores."""
        return bool(self._credentials.exists() or self._root_token.exists())

    def secret(self, name: str) -> str:
        """A secret that has been read; ProbeError before OpenBao has been opened."""
        try:
            return self._values[name]
        except KeyError:
            raise ProbeError(f"the secret {name} has not been read yet") from None

    async def open(self) -> None:
        """Initialise an empty OpenBao, make sure every secret and policy exists, and read the supervisor's secrets."""
        await self._await_server()
        if not self._credentials.exists():
            await self._bootstrap()
        async with self._signed_in():
            self._values["app_role_id"] = self.role_id_file.read_text()
            await asyncio.gather(self._renew_policy(), *(self._ensure(name, make) for name, make in generate.SECRETS.items()))

    @asynccontextmanager
    async def _signed_in(self) -> AsyncIterator[None]:
        """With the supervisor's rights, which are given back."""
        answer = await self._call("POST", "auth/approle/login", json.loads(self._credentials.read_text()))
        self._token = answer["auth"]["client_token"]
        try:
            yield
        finally:
            await self._call("POST", "auth/token/revoke-self")
            self._token = ""

    async def reread(self) -> None:
        """Read the password that PostgreSQL is asked with anew: it was refused, so it was replaced. Or ProbeError."""
        try:
            async with asyncio.timeout(5), self._signed_in():
                self._values[PROBED] = await self._other(PROBED)
        except (OSError, TimeoutError, StackError, KeyError) as error:
            raise ProbeError(f"the password was replaced, and can't be read anew ({error})") from None

    async def _other(self, name: str) -> str:
        """Another password than the last: the present one, or the next, which a rotation that was killed has left in force."""
        path = f"{MOUNT}/data/{FOLDER}/{name}"
        words: list[str] = [_checked(await self._request("GET", path), path)["data"]["data"]["value"]]
        pending = await self._request("GET", f"{path}_next")
        if pending.status == 200:
            words.append(pending.json()["data"]["data"]["value"])
        return next((word for word in words if word != self._values.get(name)), words[0])

    async def put(self, name: str, value: str) -> None:
        """Stores a secret of the operator's, with the supervisor's rights; StackError for one that the stack makes itself."""
        if name in generate.SECRETS:
            raise StackError(f"{name} is made by the stack and in use; it can't be replaced here")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*", name):
            raise StackError("a secret's name is written like mongodb_url or upstreams/elsewhere/client-secret")
        async with self._signed_in():
            await self._call("POST", f"{MOUNT}/data/{FOLDER}/{name}", {"data": {"value": value}})

    async def _await_server(self) -> None:
        while True:
            try:
                answer = await wire.request(self._port, "GET", "/v1/sys/health")
            except (OSError, ProbeError):
                await asyncio.sleep(0.02)
                continue
            if answer.status == 200:
                return
            if answer.status == 501:
                await self._initialise()
            await asyncio.sleep(0.02)

    async def _initialise(self) -> None:
        answer = await self._call("PUT", "sys/init", {"recovery_shares": 1, "recovery_threshold": 1})
        write_private(self._home.secrets / "openbao-recovery-key", answer["recovery_keys_base64"][0] + "\n")
        # The root token lives only until the set-up below is complete, then it is revoked and its file removed.
        write_private(self._root_token, json.dumps({"token": answer["root_token"]}))

    async def _bootstrap(self) -> None:
        """Mounts, policies and roles, with the root token; safe to repeat."""
        self._token = json.loads(self._root_token.read_text())["token"]
        mounts = await self._call("GET", "sys/mounts")
        if f"{MOUNT}/" not in mounts["data"]:
            await self._call("POST", f"sys/mounts/{MOUNT}", {"type": "kv", "options": {"version": "2"}})
        methods = await self._call("GET", "sys/auth")
        if "approle/" not in methods["data"]:
            await self._call("POST", "sys/auth/approle", {"type": "approle"})
        for role, policy in _ROLES.items():
            await self._call("PUT", f"sys/policies/acl/{role}", {"policy": policy})
            await self._call("POST", f"auth/approle/role/{role}", _role(role))
        application = await self._issue("dot-app")
        write_private(self.role_id_file, application["role_id"])
        write_private(self._home.secret_id_file, application["secret_id"])
        supervisor = await self._issue("dot-supervisor")
        await self._await_mount()
        write_private(self._credentials, json.dumps(supervisor))
        await self._call("POST", "auth/token/revoke-self")
        self._root_token.unlink()

    async def _issue(self, role: str) -> dict[str, str]:
        role_id = await self._call("GET", f"auth/approle/role/{role}/role-id")
        secret_id = await self._call("POST", f"auth/approle/role/{role}/secret-id")
        return {"role_id": role_id["data"]["role_id"], "secret_id": secret_id["data"]["secret_id"]}

    async def _await_mount(self) -> None:
        """A new kv version 2 mount answers 400 while it is being upgraded."""
        for _ in range(100):
            answer = await self._request("GET", f"{MOUNT}/data/{FOLDER}/none")
            if answer.status == 404:
                return
            await asyncio.sleep(0.02)
        raise StackError("OpenBao's kv mount did not become usable; see its log")

    async def _renew_policy(self) -> None:
        """The policies as this release has them, in a home made by an earlier one too."""
        for role, policy in _ROLES.items():
            path = f"sys/policies/acl/{role}"
            present = await self._call("GET", path)
            if present["data"]["policy"].strip() != policy.strip():
                await self._call("PUT", path, {"policy": policy})

    async def _ensure(self, name: str, make: Callable[[], str]) -> None:
        path = f"{MOUNT}/data/{FOLDER}/{name}"
        answer = await self._request("GET", path)
        if answer.status == 404:
            # cas 0: written only if it does not exist, so that a secret in use is never replaced.
            await self._call("POST", path, {"data": {"value": make()}, "options": {"cas": 0}})
            answer = await self._request("GET", path)
        self._values[name] = _checked(answer, path)["data"]["data"]["value"]

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        return _checked(await self._request(method, path, body), path)

    async def _request(self, method: str, path: str, body: object = None) -> wire.Answer:
        headers = {"X-Vault-Token": self._token} if self._token else {}
        return await wire.request(self._port, method, f"/v1/{path}", body=body, headers=headers)


def _role(name: str) -> dict[str, object]:
    return {
        "token_policies": [name],
        "token_ttl": "1h",
        "token_max_ttl": "24h",
        "secret_id_ttl": "0",
        "secret_id_num_uses": 0,
        "secret_id_bound_cidrs": ["127.0.0.1/32"],
        "token_bound_cidrs": ["127.0.0.1/32"],
    }


def _checked(answer: wire.Answer, path: str) -> Any:
    if answer.status >= 300:
        errors = (answer.json() or {}).get("errors") or ["no reason given"]
        raise StackError(f"OpenBao refused {path} ({answer.status}): {'; '.join(map(str, errors))}")
    return answer.json()
