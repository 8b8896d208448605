"""A stack's secrets are made once, go to Pulumi through a pipe, and are of the shape that the application reads."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.cli import main
from infra.options import SECRETS
from infra.secret_values import make

# Stands in for Pulumi: notes its words, keeps what it is told in the stack's file, and cannot be told a secret by its words.
PULUMI = """#!/usr/bin/env python3
import json, pathlib, sys, yaml
key, env = sys.argv[-1], sys.argv[sys.argv.index("--stack") + 1]
value = sys.stdin.read()
assert value and value not in sys.argv
if key == "linkKey" and pathlib.Path("refuse").exists():
    sys.exit("error: passphrase must be set\\nwith PULUMI_CONFIG_PASSPHRASE")
path = pathlib.Path(f"Pulumi.{env}.yaml")
said = yaml.safe_load(path.read_text())
said["config"][f"dot-copilot:{key}"] = {"secure": str(len(value))}
path.write_text(yaml.safe_dump(said))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import sys

    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "pulumi").write_text(PULUMI.replace("/usr/bin/env python3", sys.executable))
    (programs / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    config = {"dot-copilot:location": "centralus", "dot-copilot:databaseAdministrators": "00000000-0000-0000-0000-000000000009"}
    (tmp_path / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    return tmp_path


def run(folder: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["secrets", "--env", "dev", "--stacks", str(folder)])
    return result.exit_code, result.stdout, result.stderr


def test_each_is_made_once(folder: Path) -> None:
    code, out, _ = run(folder)
    assert (code, out) == (0, f"made {', '.join(SECRETS)}\n")
    before = (folder / "Pulumi.dev.yaml").read_text()
    assert run(folder)[1] == "every secret is set already; nothing was changed\n"
    assert (folder / "Pulumi.dev.yaml").read_text() == before


def test_pulumis_refusal_is_one_sentence(folder: Path) -> None:
    (folder / "refuse").touch()
    code, _, err = run(folder)
    assert (code, err.count("\n")) == (2, 1)
    assert "pulumi did not take 'linkKey': error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE" in err


def test_without_pulumi_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    code, _, err = run(folder)
    assert code == 2
    assert "the program 'pulumi' is not installed" in err


def test_values_are_of_the_shape_that_the_application_reads() -> None:
    (key,) = json.loads(make("jwtSigningKeys"))
    assert key.keys() == {"kid", "private_pem", "created"}
    assert isinstance(load_pem_private_key(key["private_pem"].encode(), None), Ed25519PrivateKey)
    for name in ("cursorKey", "linkKey"):
        assert len(base64.b64decode(make(name))) == 32
    password = make("databasePassword")
    assert len(password) >= 40
    assert any(map(str.isupper, password))
    assert any(map(str.isdigit, password))
    assert make("databasePassword") != password
