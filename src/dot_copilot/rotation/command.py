"""`dot-copilot rotate`: new signing keys and passwords while everything runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

import click
import msgspec

from dot_copilot.core.secret_watch import marker_in
from dot_copilot.core.settings import Settings
from dot_copilot.core.signing_keys import SECRET
from dot_copilot.core.tokens import SigningKey, in_force
from dot_copilot.deploy.errors import RefusedError
from dot_copilot.deploy.journal import Journal
from dot_copilot.rotation import jwt_keys, passwords
from dot_copilot.rotation.errors import RotationError
from dot_copilot.rotation.keeper import Keeper
from dot_copilot.rotation.keyvault import KeyVaultKeeper
from dot_copilot.rotation.openbao import OpenBaoKeeper

_MARGIN = 60.0
"""Seconds that clocks may differ, and a process may be late."""
_TOLD = 10.0
"""Seconds until the processes of one machine have looked at the marker ten times."""
_SESSIONS = 7 * 86400.0


def keeper_of(settings: Settings) -> Keeper:
    """The store of these settings, with its operator's rights."""
    if settings.secrets_backend == "keyvault":
        if not settings.keyvault_url:
            raise RotationError("DOT_KEYVAULT_URL is not set; it is the address of the platform's vault")
        return KeyVaultKeeper(settings.keyvault_url)
    if settings.secrets_backend == "file":
        raise RotationError("the secrets are in a file that others make: replace them where the file comes from")
    credentials = settings.home / "secrets" / "supervisor.json"
    if not credentials.exists():
        raise RotationError(f"{credentials} is not there; rotate on the machine whose home this is, as its owner")
    return OpenBaoKeeper(settings.openbao_url, credentials, marker_in(settings.home))


def lead_of(settings: Settings) -> float:
    """Seconds after which every process has looked, though a look or two have failed: here all are told at once."""
    return _TOLD if settings.secrets_backend == "openbao" else 4 * settings.secrets_seconds


def times_of(settings: Settings) -> jwt_keys.Times:
    """How long keys of this installation are needed."""
    tokens = max(settings.access_token_seconds, settings.assistant_token_seconds)  # the gateway's own end with an assistant's
    sealed = _SESSIONS
    with contextlib.suppress(Exception):  # a gateway that is not configured has no sessions
        from dot_copilot.mcp.gateway import config

        sealed = float(config.load(settings.gateway_config).session_seconds)
    return jwt_keys.Times(lead_of(settings), tokens + min(_MARGIN, tokens), sealed)


@contextlib.contextmanager
def alone(settings: Settings, what: str) -> Iterator[None]:
    """Nobody deploys or rotates at the same time, on this home; on Azure the versions of the vault keep two apart."""
    if settings.secrets_backend == "keyvault":
        yield
        return
    with Journal(settings.home, "local").held(what):
        yield


def _run(what: str, work: Callable[[Settings, Keeper], Awaitable[None]], *, changing: bool = True) -> None:
    settings = Settings(part="cli")

    async def run() -> None:
        keeper = keeper_of(settings)
        try:
            with alone(settings, what) if changing else contextlib.nullcontext():
                await work(settings, keeper)
        finally:
            await keeper.close()

    try:
        asyncio.run(run())
    except (RotationError, RefusedError) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        raise click.ClickException("interrupted; running it again brings it to its end") from None


@click.group("rotate", help="Replace signing keys and passwords while everything runs.")
def rotate() -> None:
    """The group."""


@rotate.command("jwt-keys")
@click.option("--compromised", is_flag=True, help="The present key may be in wrong hands: refuse what it has signed at once.")
def _jwt_keys(compromised: bool) -> None:
    """A new key signs from now on; nobody is signed out."""

    async def work(settings: Settings, keeper: Keeper) -> None:
        await jwt_keys.rotate(keeper, times_of(settings), click.echo, compromised=compromised, wait=asyncio.sleep)

    _run("the rotation of the signing keys", work)


@rotate.command("database-passwords")
def _database_passwords() -> None:
    """New passwords for the roles that the application, the worker, the gateway and the migrations sign in as."""

    async def work(settings: Settings, keeper: Keeper) -> None:
        if settings.secrets_backend == "keyvault":
            raise RotationError(
                "on Azure the application signs in to the database as an identity, without a password; those of its roles "
                "are Pulumi's, and docs/runbooks/rotation.md says how they are replaced"
            )
        server = passwords.Server(settings.database_host, settings.database_port, settings.database_name)
        await passwords.rotate(keeper, server, lead_of(settings), click.echo, wait=asyncio.sleep)

    _run("the rotation of the database passwords", work)


@rotate.command("status")
def _status() -> None:
    """Which key signs, which are still good, and whether a rotation did not come to its end."""

    async def work(settings: Settings, keeper: Keeper) -> None:
        kept = await keeper.read(SECRET)
        keys = msgspec.json.decode(kept.value, type=list[SigningKey]) if kept else []
        now = jwt_keys.utc_now()
        for key in keys:
            click.echo(f"signing key {key.kid}  of {key.created or 'an unknown day'}  {_standing(key, keys, now)}")
        if keys and jwt_keys.coming(keys, now) is not None:
            click.echo("a rotation of the signing keys is not at its end; 'dot-copilot rotate jwt-keys' goes on with it")
        if settings.secrets_backend != "keyvault" and (pending := await passwords.pending(keeper)):
            names = ", ".join(f"dot_{name}" for name in pending)
            click.echo(f"a new password of {names} is not at its end; 'dot-copilot rotate database-passwords' goes on with it")

    _run("a look", work, changing=False)


def _standing(key: SigningKey, keys: list[SigningKey], now: datetime) -> str:
    good = in_force(keys, now)
    if key not in good:
        return "retired; it only opens what it has sealed"
    if key is good[0]:
        return "signs"
    return f"signs from {key.signs_from}" if not key.verifies_until else f"verifies until {key.verifies_until}"
