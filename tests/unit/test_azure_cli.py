"""`dot-copilot azure` hands over to the Azure program, or says what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from dot_copilot.azure_cli import interpreter

COMMAND = [str(Path(sys.executable).with_name("dot-copilot")), "azure"]


def test_without_its_environment_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="run this in a clone"):
        interpreter(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra/cli.py").touch()
    with pytest.raises(click.UsageError, match="run: make setup-infra") as missing:
        interpreter(tmp_path)
    assert missing.value.exit_code == 2


def test_words_and_exit_code_are_the_programs(tmp_path: Path) -> None:
    """From anywhere: the program finds its own files."""
    helped = subprocess.run([*COMMAND, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
    for command in ("preflight", "cost", "render", "secrets"):
        assert f"  {command} " in helped.stdout
    refused = subprocess.run([*COMMAND, "cost", "--env", "qa"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "dot-copilot azure: there is no environment 'qa'; choose one of dev, staging, prod\n"
