"""Signing keys in Key Vault, rotated as an operator: the SDK is real, Azure is on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from dot_copilot.core.tokens import decode_keys
from dot_copilot.rotation import jwt_keys
from dot_copilot.rotation.errors import ChangedMeanwhileError, NotAnsweringError, RotationError
from dot_copilot.rotation.keyvault import KeyVaultKeeper
from dot_copilot.stack import generate
from tests.support.azure import Certificate, Cloud, make_certificate, running_cloud

pytestmark = pytest.mark.asyncio
TIMES = jwt_keys.Times(lead=0, tokens=1000, seals=1000)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def cloud(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with running_cloud(certificate) as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        running.vaults["platform"] |= {"jwt-signing-keys": generate.signing_keys()}
        yield running


@pytest_asyncio.fixture
async def keeper(cloud: Cloud, certificate: Certificate) -> AsyncIterator[KeyVaultKeeper]:
    options = {"connection_verify": str(certificate.pem), "verify_challenge_resource": False, "retry_total": 0}
    made = KeyVaultKeeper(cloud.vault_urls["platform"], options=options)
    yield made
    await made.close()


async def test_the_keys_are_rotated_in_the_platforms_vault(keeper: KeyVaultKeeper, cloud: Cloud) -> None:
    (old,) = decode_keys(cloud.vaults["platform"]["jwt-signing-keys"])
    await jwt_keys.rotate(keeper, TIMES, lambda _: None, wait=asyncio.sleep)
    new, kept = decode_keys(cloud.vaults["platform"]["jwt-signing-keys"])
    assert kept.kid == old.kid
    assert new.kid != old.kid


async def test_what_somebody_else_has_written_is_left(keeper: KeyVaultKeeper, cloud: Cloud) -> None:
    read = await keeper.read("jwt_signing_keys")
    cloud.vaults["platform"]["jwt-signing-keys"] = "the other's"
    with pytest.raises(ChangedMeanwhileError):
        await keeper.write("jwt_signing_keys", "mine", read)
    assert cloud.vaults["platform"]["jwt-signing-keys"] == "the other's"


async def test_a_secret_that_is_not_there_is_none(keeper: KeyVaultKeeper) -> None:
    assert await keeper.read("nothing") is None


async def test_a_vault_that_fails_or_forbids_is_said_with_what_to_do(keeper: KeyVaultKeeper, cloud: Cloud) -> None:
    cloud.failing = 503
    with pytest.raises(NotAnsweringError, match=r"Key Vault: 503 .* run this again later"):
        await keeper.read("jwt_signing_keys")
    cloud.failing = 403
    with pytest.raises(RotationError, match="Key Vault Secrets Officer"):
        await keeper.read("jwt_signing_keys")
