"""The secret store's configuration: it initialises, opens and fills itself at its first start, and no token is ever shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dot_copilot.stack.vault import APPLICATION_POLICY, FOLDER, MOUNT, SUPERVISOR_POLICY

_SERVER = """\
# Rendered by `dot-copilot compose prepare`. Nothing in it is secret: it names the files of the secrets.
ui = false
log_format = "json"
log_level = "warn"
api_addr = "http://vault:8200"
cluster_addr = "http://127.0.0.1:8201"

listener "tcp" {
  address = "0.0.0.0:8200"
  cluster_address = "127.0.0.1:8201"
  # The network has no way out, and ends in containers of this one stack.
  tls_disable = true
  # Counts and durations, and nothing that is stored.
  telemetry {
    unauthenticated_metrics_access = true
  }
}

telemetry {
  prometheus_retention_time = "1m"
  disable_hostname = true
  usage_gauge_period = "none"
}

storage "raft" {
  path = "/openbao/file"
  node_id = "vault"
  performance_multiplier = 1
}

seal "static" {
  current_key_id = "compose-1"
  current_key = "file:///run/secrets/vault_seal_key"
}

audit "file" "stdout" {
  options {
    file_path = "stdout"
  }
}
"""
_ROLES = (
    ("dot-app", APPLICATION_POLICY, "vault_secret_id"),
    ("dot-supervisor", SUPERVISOR_POLICY, "vault_supervisor_secret_id"),
)
"""AppRoles, which are also their role ids (identifiers, not secrets): what each may do, and the secret it signs in with."""


def configuration(names: Iterable[str]) -> str:
    """The whole file; the store is filled with the secrets called `names`, each from its file.

    `initialize` blocks run once, when the storage is empty (OpenBao's declarative self-initialisation).
    """
    requests = [
        _request("approle", "sys/auth/approle", ['type = "approle"']),
        _request("mount", f"sys/mounts/{MOUNT}", ['type = "kv"', 'options = { version = "2" }']),
        *(request for role in _ROLES for request in _role(*role)),
        *(_secret(name) for name in names),
    ]
    return _SERVER + "\n" + _block('initialize "dot_copilot"', requests) + "\n"


def renewal(names: Iterable[str]) -> str:
    """A shell script for the store's container after an upgrade: the policies as this release has them, and new secrets.

    A secret that is there is never replaced (cas 0): it is in use.
    """
    policies = "".join(f"bao policy write {name} - <<'RULES'\n{policy.strip()}\nRULES\n" for name, policy, _ in _ROLES)
    return _RENEWAL.format(policies=policies, names=" ".join(names), mount=MOUNT, folder=FOLDER)


_RENEWAL = """\
#!/bin/sh
# Rendered by `dot-copilot compose prepare`; docs/runbooks/compose.md says when it is run.
set -eu
BAO_TOKEN=$(bao write -field=token auth/approle/login role_id=dot-supervisor secret_id=@/run/secrets/vault_supervisor_secret_id)
export BAO_TOKEN
{policies}for name in {names}; do
  bao kv get -mount={mount} "{folder}/$name" >/dev/null 2>&1 && continue
  bao kv put -mount={mount} -cas=0 "{folder}/$name" value=@"/run/secrets/$name" >/dev/null
  echo "$name added"
done
bao token revoke -self >/dev/null
"""


def _role(name: str, policy: str, secret: str) -> Iterator[str]:
    rules = [f"policy = <<-RULES\n{_indented(policy.strip())}\nRULES"]
    yield _request(f"{name}-policy", f"sys/policies/acl/{name}", rules)
    limits = [f'token_policies = ["{name}"]', 'token_ttl = "1h"', 'token_max_ttl = "24h"', 'secret_id_ttl = "0"']
    yield _request(name, f"auth/approle/role/{name}", limits)
    yield _request(f"{name}-id", f"auth/approle/role/{name}/role-id", [f'role_id = "{name}"'])
    yield _request(f"{name}-secret", f"auth/approle/role/{name}/custom-secret-id", [f"secret_id = {_file(secret)}"])


def _secret(name: str) -> str:
    return _request(name, f"{MOUNT}/data/{FOLDER}/{name}", [f"data = {{ value = {_file(name)} }}"])


def _file(name: str) -> str:
    return f'{{ eval_source = "file", eval_type = "string", path = "/run/secrets/{name}" }}'


def _request(name: str, path: str, data: Iterable[str]) -> str:
    return _block(f'request "{name}"', ['operation = "update"', f'path = "{path}"', _block("data =", data)])


def _block(head: str, lines: Iterable[str]) -> str:
    return f"{head} {{\n" + "\n".join(_indented(line) for line in lines) + "\n}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else "" for line in text.split("\n"))
