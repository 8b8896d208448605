"""Certificates of a home's own: made once, for this machine only, renewed in time, never readable by others."""

from __future__ import annotations

import asyncio
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from dot_copilot.stack import tls
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.tls import Certificates

NOW = datetime.now(UTC)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    made = Certificates(tmp_path / "tls")
    assert made.ensure(NOW) is True
    return made


def serial(path: Path) -> int:
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def test_they_are_made_once_and_kept(certificates: Certificates) -> None:
    before = {path.name: path.read_bytes() for path in certificates.directory.iterdir()}
    assert certificates.ensure(NOW) is False
    assert Certificates(certificates.directory).ensure(NOW + timedelta(days=1)) is False, "a restart"
    assert {path.name: path.read_bytes() for path in certificates.directory.iterdir()} == before


def test_nobody_else_may_read_the_keys(certificates: Certificates) -> None:
    assert stat.S_IMODE(certificates.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (certificates.key, certificates.authority_key)} == {0o600}


def test_the_certificate_is_for_this_machine_by_all_its_names(certificates: Certificates) -> None:
    for name in ("-verify_hostname localhost", "-verify_ip 127.0.0.1", "-verify_ip ::1"):
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(certificates.authority)]
        done = subprocess.run([*command, *name.split(), str(certificates.certificate)], capture_output=True, check=False)
        assert done.returncode == 0, (name, done.stderr)


def test_the_authority_may_sign_for_nothing_else(certificates: Certificates, tmp_path: Path) -> None:
    """Whoever steals its key cannot use it against those who trust it: not for another name, nor for another authority."""
    stolen = tls._load(certificates.authority, certificates.authority_key)
    assert stolen is not None
    certificates._write(tmp_path / "bank.key", tmp_path / "bank.pem", tls._server(("bank.example",), stolen, NOW))
    done = subprocess.run(
        ["openssl", "verify", "-CAfile", str(certificates.authority), str(tmp_path / "bank.pem")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "permitted subtree violation" in done.stderr


def test_the_certificate_is_renewed_a_month_before_its_end_and_the_authority_stays(certificates: Certificates) -> None:
    authority, server = serial(certificates.authority), serial(certificates.certificate)
    assert certificates.ensure(NOW + timedelta(days=59)) is False
    assert certificates.ensure(NOW + timedelta(days=61)) is True
    assert serial(certificates.authority) == authority, "who has trusted it need not do it again"
    assert serial(certificates.certificate) != server


def test_an_authority_near_its_end_makes_way_for_another(certificates: Certificates) -> None:
    before = serial(certificates.authority)
    assert certificates.ensure(NOW + timedelta(days=3600)) is True
    assert serial(certificates.authority) != before


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.pem", "server.key"])
@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_what_is_lost_or_broken_is_made_again(certificates: Certificates, name: str, content: bytes | None) -> None:
    path = certificates.directory / name
    path.unlink() if content is None else path.write_bytes(content)
    assert certificates.ensure(NOW) is True
    assert certificates.ensure(NOW) is False


def test_an_authority_made_for_other_names_is_not_used(certificates: Certificates) -> None:
    elsewhere = Certificates(certificates.directory, ("fleet.example.com", *tls.LOCAL_NAMES))
    with pytest.raises(StackError, match=r"may not sign for fleet\.example\.com; remove that directory"):
        elsewhere.ensure(NOW)


def test_the_supervisor_tells_when_they_run_out(certificates: Certificates, tmp_path: Path) -> None:
    found = certificates.expirations()
    assert found["server"] == pytest.approx((NOW + timedelta(days=90)).timestamp(), abs=2)
    assert found["authority"] == pytest.approx((NOW + timedelta(days=3650)).timestamp(), abs=2)
    assert Certificates(tmp_path / "none").expirations() == {}


def test_how_to_trust_it_is_said(certificates: Certificates) -> None:
    said = "\n".join(certificates.advice())
    assert str(certificates.authority) in said
    assert "NODE_EXTRA_CA_CERTS" in said
    assert str(certificates.key) not in said


@pytest.mark.asyncio(loop_scope="session")
async def test_it_is_looked_after_while_the_stack_runs(certificates: Certificates) -> None:
    renewed: list[int] = []
    watch = asyncio.create_task(tls.keep_fresh(certificates, lambda: renewed.append(1), every_s=0.01))
    await asyncio.sleep(0.1)
    assert renewed == [], "a good one is left alone"
    certificates.certificate.unlink()
    for _ in range(200):
        if renewed:
            break
        await asyncio.sleep(0.01)
    watch.cancel()
    assert renewed == [1]
