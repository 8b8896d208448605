"""Builds a process's platform from its settings: the only place that chooses adapters."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dot_copilot.adapters.azure_credential import make_credential
from dot_copilot.adapters.blob.azure import AzureBlobStore
from dot_copilot.adapters.database.entra import EntraPassword
from dot_copilot.adapters.documents.counting import CountedEventDocuments
from dot_copilot.adapters.documents.postgres import PostgresEventDocuments
from dot_copilot.adapters.limiter.valkey import ValkeyRateLimiter
from dot_copilot.adapters.mail.console import ConsoleMail
from dot_copilot.adapters.mail.file import FileMail
from dot_copilot.adapters.mail.smtp import SmtpMail
from dot_copilot.adapters.operations.build import watch
from dot_copilot.adapters.outside.http import HttpOutside
from dot_copilot.adapters.scanner.clamd import Clamd
from dot_copilot.adapters.scanner.none import NoScanner
from dot_copilot.adapters.secrets.file import FileSecretStore
from dot_copilot.adapters.secrets.keyvault import KeyVaultSecretStore
from dot_copilot.adapters.secrets.openbao import OpenBaoSecretStore
from dot_copilot.adapters.signals.valkey import ValkeySignals
from dot_copilot.adapters.telemetry.running import Telemetry
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database, QueryLogger, SignIn
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import EventDocuments, Mail, SecretStore
from dot_copilot.core.role_password import RolePassword
from dot_copilot.core.secret_watch import SecretWatch, marker_in
from dot_copilot.core.settings import Settings
from dot_copilot.core.signing_keys import SigningKeys
from dot_copilot.core.telemetry import on_collect
from dot_copilot.core.telemetry.standard import SECRET_AGE
from dot_copilot.core.tokens import KeyRing, mcp_audience


def secret_store(settings: Settings) -> SecretStore:
    """The secret store the settings name."""
    if settings.secrets_backend == "file":
        if settings.secrets_file is None:
            raise ValueError("DOT_SECRETS_FILE is not set; it names the JSON file of secrets")
        return FileSecretStore(settings.secrets_file)
    if settings.secrets_backend == "keyvault":
        if not settings.keyvault_url or not settings.keyvault_people_url:
            raise ValueError("DOT_KEYVAULT_URL and DOT_KEYVAULT_PEOPLE_URL are not set; the Azure program sets them")
        return KeyVaultSecretStore(settings.keyvault_url, settings.keyvault_people_url)
    if settings.openbao_secret_id_file is None:
        raise ValueError("DOT_OPENBAO_SECRET_ID_FILE is not set; 'dot-copilot up' sets it")
    return OpenBaoSecretStore(settings.openbao_url, settings.openbao_role_id, settings.openbao_secret_id_file)


def secret_watch(settings: Settings) -> SecretWatch:
    """What reads secrets again that may be replaced while the process runs; not yet started."""
    marker = marker_in(settings.home) if settings.secrets_backend == "openbao" else None
    return SecretWatch(settings.secrets_seconds, marker)


async def sign_in(settings: Settings, secrets: SecretStore, role: str, watch: SecretWatch | None = None) -> SignIn:
    """How `role` ('app', 'worker', 'gateway') signs in to the database: by password, or as this process's identity.

    With `watch` a password that is being replaced is known before it is good.
    """
    if settings.database_login:
        return SignIn(settings.database_login, EntraPassword(), f"dot_{role}")
    password = await RolePassword.read(secrets, role)
    if watch is not None:
        watch.follow(password.renew)
    return SignIn(f"dot_{role}", password)


async def blob_store(settings: Settings, secrets: SecretStore) -> AzureBlobStore:
    """The container, opened with the account's key or as this process's identity."""
    credential = make_credential if settings.blob_login == "entra" else await secrets.get("blob_account_key")
    return AzureBlobStore(settings.blob_endpoint, settings.blob_account, settings.blob_container, credential)


async def connect_database(
    settings: Settings,
    secrets: SecretStore,
    role: str,
    *,
    query_logger: QueryLogger | None = None,
    watch: SecretWatch | None = None,
) -> Database:
    """The pool of `role` ('app', 'worker' or 'owner')."""
    return await Database.connect(
        host=settings.database_host,
        port=settings.database_port,
        name=settings.database_name,
        sign_in=await sign_in(settings, secrets, role, watch),
        tls=settings.database_tls,
        size=settings.database_pool,
        query_logger=query_logger,
    )


async def event_documents(settings: Settings, secrets: SecretStore, database: Database, clock: Clock) -> EventDocuments:
    """The store of raw events that the settings name. pymongo is an extra, and loaded only here."""
    if settings.event_documents == "postgres":
        return CountedEventDocuments(PostgresEventDocuments(database, clock))
    try:
        from dot_copilot.adapters.documents.mongodb import MongoEventDocuments
    except ModuleNotFoundError as missing:
        advice = "install it with: pip install 'dot-copilot[mongodb]', or leave DOT_EVENT_DOCUMENTS at 'postgres'"
        raise RuntimeError(f"DOT_EVENT_DOCUMENTS=mongodb needs the package {missing.name}; {advice}") from None
    return CountedEventDocuments(MongoEventDocuments(await secrets.get(settings.mongodb_url_secret), clock))


async def mail(settings: Settings, secrets: SecretStore) -> Mail:
    """How mail leaves, as the settings say. `RuntimeError` when the server's password is not kept."""
    if settings.mail == "console":
        return ConsoleMail(settings.mail_from)
    if settings.mail == "file":
        return FileMail(settings.home / "mail", settings.mail_from)
    try:
        password = await secrets.get("smtp_password") if settings.smtp_user else ""
    except KeyError:
        advice = "keep it with 'dot-copilot put-secret smtp_password' (on Azure: smtpPassword), then start again"
        raise RuntimeError(f"DOT_SMTP_USER={settings.smtp_user} needs the secret smtp_password: {advice}") from None
    server = (settings.smtp_host, settings.smtp_port)
    return SmtpMail(*server, sender=settings.mail_from, tls=settings.smtp_tls, user=settings.smtp_user, password=password)


async def build_platform(
    settings: Settings, role: str, *, clock: Clock | None = None, query_logger: QueryLogger | None = None
) -> Platform:
    """Everything a process of `role` needs; raises when a secret or the database is not there."""
    clock, secrets, watch_secrets = clock or Clock(), secret_store(settings), secret_watch(settings)
    database = await connect_database(settings, secrets, role, query_logger=query_logger, watch=watch_secrets)
    signing = await SigningKeys.open(secrets, issuer=settings.public_url, watch=watch_secrets)
    valkey_password = await secrets.get("valkey_password")
    signals = ValkeySignals(settings.valkey_host, settings.valkey_port, valkey_password, tls=settings.valkey_tls)
    database.announce = signals.send
    platform = Platform(
        settings=settings,
        clock=clock,
        database=database,
        secrets=secrets,
        blobs=await blob_store(settings, secrets),
        scanner=Clamd(settings.clamd) if settings.clamd else NoScanner(),
        event_documents=await event_documents(settings, secrets, database, clock),
        limiter=ValkeyRateLimiter(settings.valkey_host, settings.valkey_port, valkey_password, tls=settings.valkey_tls),
        signing=signing,
        keys=signing.ring(),
        assistant_keys=signing.ring(mcp_audience(settings.public_url)),
        secret_watch=watch_secrets,
        signals=signals,
        outside=HttpOutside(),
        watch=watch(settings, await secrets.get(settings.watching_secret) if settings.watching_secret else ""),
        cursors=Cursors(base64.b64decode(await secrets.get("cursor_key"))),
        link_key=base64.b64decode(await secrets.get("link_key")),
    )
    watch_secrets.start()
    return platform


@asynccontextmanager
async def telemetry_running(settings: Settings, keys: KeyRing | None = None) -> AsyncIterator[None]:
    """The telemetry of a process, while the block runs; `keys` so that the age of the key that signs is shown."""

    def show_age() -> None:
        if keys is not None and keys.signing_key_created is not None:
            SECRET_AGE.set("jwt_signing_keys", to=time.time() - keys.signing_key_created.timestamp())

    telemetry = Telemetry(settings)
    forget = on_collect(show_age)
    await telemetry.start()
    try:
        yield
    finally:
        await telemetry.stop()
        forget()
