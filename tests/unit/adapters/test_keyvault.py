"""Secrets in Key Vault, read as App Service's managed identity: the SDK is real, Azure is on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from dot_copilot.adapters.secrets import keyvault
from dot_copilot.adapters.secrets.keyvault import KeyVaultSecretStore, vault_name
from dot_copilot.core.ports import SecretsUnavailable
from tests.support.azure import Certificate, Cloud, make_certificate, running_cloud

USER = "0a1b2c3d-0000-4000-8000-000000000001"
TOKEN = f"people/{USER}/github-token"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def cloud(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with running_cloud(certificate) as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        running.vaults["platform"] |= {"cursor-key": "c", "jwt-signing-keys": "first"}
        yield running


def store_of(cloud: Cloud, pem: Path, keep_seconds: float = 300) -> KeyVaultSecretStore:
    options = {"connection_verify": str(pem), "verify_challenge_resource": False, "retry_total": 0}
    return KeyVaultSecretStore(
        cloud.vault_urls["platform"], cloud.vault_urls["people"], keep_seconds=keep_seconds, options=options
    )


@pytest_asyncio.fixture
async def store(cloud: Cloud, certificate: Certificate) -> AsyncIterator[KeyVaultSecretStore]:
    made = store_of(cloud, certificate.pem)
    yield made
    await made.close()


@pytest.mark.asyncio
async def test_it_signs_in_as_the_sites_identity(store: KeyVaultSecretStore, cloud: Cloud) -> None:
    assert await store.get("jwt_signing_keys") == "first"
    assert [resource for resource, _ in cloud.tokens] == ["https://vault.azure.net"]


@pytest.mark.asyncio
async def test_a_value_is_kept_and_a_rotation_is_noticed(cloud: Cloud, certificate: Certificate) -> None:
    store = store_of(cloud, certificate.pem, keep_seconds=0.2)
    assert [await store.get("jwt_signing_keys") for _ in range(3)] == ["first"] * 3
    assert cloud.asked.count(("GET", "platform/secrets/jwt-signing-keys")) == 1
    cloud.vaults["platform"]["jwt-signing-keys"] = "second"
    await asyncio.sleep(0.25)
    assert await store.get("jwt_signing_keys") == "second"
    await store.close()


@pytest.mark.asyncio
async def test_an_outage_of_the_vault_is_survived_with_the_last_value(cloud: Cloud, certificate: Certificate) -> None:
    store = store_of(cloud, certificate.pem, keep_seconds=0)
    assert await store.get("jwt_signing_keys") == "first"
    cloud.failing = 503
    assert await store.get("jwt_signing_keys") == "first"
    with pytest.raises(ConnectionError, match="Key Vault: 503"):
        await store.get("link_key")
    with pytest.raises(ConnectionError):
        await store.ready()
    await store.close()


@pytest.mark.asyncio
async def test_a_missing_secret_is_a_key_error_and_a_missing_role_says_so(store: KeyVaultSecretStore, cloud: Cloud) -> None:
    with pytest.raises(KeyError, match="link_key"):
        await store.get("link_key")
    cloud.failing = 403
    with pytest.raises(PermissionError, match="does not let us at cursor_key; check role and firewall"):
        await store.ready()


@pytest.mark.asyncio
async def test_no_token_no_secret(store: KeyVaultSecretStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "somebody else's")
    with pytest.raises((PermissionError, ConnectionError)):
        await store.get("cursor_key")


@pytest.mark.asyncio
async def test_what_people_entrust_goes_to_their_vault_and_is_gone_when_deleted(store: KeyVaultSecretStore, cloud: Cloud) -> None:
    await store.put(TOKEN, "gho_1")
    assert await store.get(TOKEN) == "gho_1"
    await store.put(TOKEN, "gho_2")
    assert await store.get(TOKEN) == "gho_2", "another process may have changed it: it is never kept here"
    assert cloud.vaults["people"] == {vault_name(TOKEN): "gho_2"}
    await store.delete(TOKEN)
    await store.delete(TOKEN)
    assert (cloud.vaults["people"], cloud.deleted["people"]) == ({}, {}), "it could be recovered"
    with pytest.raises(KeyError):
        await store.get(TOKEN)


@pytest.mark.asyncio
async def test_a_secret_whose_purge_failed_is_purged_at_the_next_try_and_can_be_put_again(
    store: KeyVaultSecretStore, cloud: Cloud
) -> None:
    cloud.deleted["people"][vault_name(TOKEN)] = "old"
    await store.put(TOKEN, "new")
    assert cloud.vaults["people"] == {vault_name(TOKEN): "new"}
    cloud.deleted["people"] = {vault_name(TOKEN): cloud.vaults["people"].pop(vault_name(TOKEN))}
    await store.delete(TOKEN)
    assert cloud.deleted["people"] == {}


@pytest.mark.asyncio
async def test_the_platforms_secrets_are_not_the_applications_to_change(store: KeyVaultSecretStore, cloud: Cloud) -> None:
    with pytest.raises(SecretsUnavailable, match="belongs to the platform"):
        await store.put("jwt_signing_keys", "mine")
    cloud.failing = 500
    with pytest.raises(SecretsUnavailable, match="did not take the change"):
        await store.put(TOKEN, "gho_1")
    assert cloud.vaults["platform"]["jwt-signing-keys"] == "first"


@pytest.mark.asyncio
async def test_readiness_fails_on_a_reference_that_app_service_left_unresolved(
    store: KeyVaultSecretStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.ready()
    monkeypatch.setenv("SOME_PASSWORD", "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x)")
    with pytest.raises(RuntimeError, match="did not resolve the secret behind SOME_PASSWORD"):
        await store.ready()


def test_names_are_the_vaults_and_no_two_are_the_same() -> None:
    assert vault_name("jwt_signing_keys") == "jwt-signing-keys"
    assert vault_name(TOKEN) == f"people-1{USER.replace('-', '-0')}-1github-0token"
    longest = f"carriers/{USER}/telematics/{USER}/100"
    assert len(vault_name(longest)) <= 127
    for bad in ("a_0b", "a_1b", "ä", "a b", "x" * 128, ""):
        with pytest.raises(ValueError, match="cannot be kept in Key Vault"):
            vault_name(bad)
    names = ["a_b", "a-b", "a/b", "ab", "a--b", "a_-b", "a-_b"]
    assert len({vault_name(name) for name in names}) == len(names)


def test_the_sdk_is_not_loaded_before_it_is_needed() -> None:
    import subprocess
    import sys

    program = (
        "import sys, dot_copilot.compose; print([m for m in sys.modules if m.startswith(('azure.identity', 'azure.keyvault'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert keyvault.ENTRUSTED == ("people/", "carriers/")
