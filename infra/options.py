"""A stack's configuration as one typed value: the tier's table, each row of it overridable, and what only the owner knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal, TypeVar, get_args
from uuid import UUID

from infra.errors import BadInput
from infra.names import Names, names
from infra.tiers import Tier, plan_tier, postgres_tier, tier

Network = Literal["public", "private"]
Value = object
Read = Callable[[str], Value | None]
T = TypeVar("T")

SECRETS: Mapping[str, str] = {
    "databasePassword": "database-administrator-password",
    "databaseOwnerPassword": "database-owner-password",
    "databaseAppPassword": "database-app-password",
    "databaseWorkerPassword": "database-worker-password",
    "databaseGatewayPassword": "database-gateway-password",
    "jwtSigningKeys": "jwt-signing-keys",
    "cursorKey": "cursor-key",
    "linkKey": "link-key",
    "valkeyPassword": "valkey-password",
}
"""Secrets of the stack's configuration, and the names they get in the vault (`-` there is `_` in the application)."""
SMTP_PASSWORD = ("smtpPassword", "smtp-password")
"""The mail server's, which nobody can make up: the owner sets it, and it is asked for only where `smtpUser` is set."""

STORAGE_SKUS = ("Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS")
POSTGRES_GB = (32, 64, 128, 256, 512, 1024, 2048, 4096)
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_ADDRESS = re.compile(r"(\d{1,3})(\.\d{1,3}){3}")
_TIER_KEYS = {field.name: "".join(w.title() if n else w for n, w in enumerate(field.name.split("_"))) for field in fields(Tier)}


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that sends mail; without a `host` none is sent."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    user: str
    """Who signs in to it, with the secret of `SMTP_PASSWORD`; nothing where it asks for nobody."""
    sender: str
    """From whom, as `Fleet <fleet@example.com>`."""


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that decides what is built. Secrets are not here: the program asks for them one by one."""

    env: str
    names: Names
    tier: Tier
    location: str
    web_location: str
    network: Network
    database_administrators: UUID
    """Object id of the Entra group whose members may administer the database."""
    administrators_name: str
    """The group's name in Entra, which is also its login."""
    database_login: Literal["entra", "password"]
    api_domain: str
    """Host name of the API that the owner has pointed at the site, or nothing: then it is azurewebsites.net's."""
    web_domain: str
    """Host name of the web application, or nothing: then it is azurestaticapps.net's."""
    mail: Mail
    alert_emails: tuple[str, ...]
    operator_addresses: tuple[str, ...]
    """IPv4 addresses that may reach the database and the vaults from outside (the pipeline's, an operator's)."""
    redis: bool
    most_instances: int
    """Autoscale's ceiling; 1 means one instance and no autoscale."""
    budget_dollars: int
    log_gb_a_day: float
    """At most this much goes into the workspace a day."""
    budget_from: str
    """First day of the month from which the budget counts, as 2026-11-01."""

    @property
    def tags(self) -> dict[str, str]:
        """What every resource carries that can carry tags."""
        return {"application": "dot-copilot", "environment": self.env, "managed-by": "pulumi"}


def load(env: str, read: Read) -> Options:
    """The options of a stack; `read(key)` gives its configuration's value or None.

    Raises BadInput for what is missing, of another kind, or cannot be built.
    """
    base = tier(env)
    options = Options(
        env=env,
        names=names(_text(read, "name", "dotcopilot"), env),
        tier=_overridden(base, read),
        location=_needed(read, "location", "an Azure region, such as centralus"),
        web_location=_text(read, "webLocation", "centralus"),
        network=_choice(read, "network", get_args(Network), "public"),
        database_administrators=_uuid(read, "databaseAdministrators"),
        administrators_name=_text(read, "administratorsName", "database-administrators"),
        database_login=_choice(read, "databaseLogin", ("entra", "password"), "entra"),
        api_domain=_host(read, "apiDomain"),
        web_domain=_host(read, "webDomain"),
        mail=_mail(read),
        alert_emails=_list(read, "alertEmails", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "mail addresses"),
        operator_addresses=_list(read, "operatorAddresses", _ADDRESS, "IPv4 addresses"),
        redis=_as(read, "redis", bool, False),
        most_instances=_as(read, "mostInstances", int, 1),
        budget_dollars=_as(read, "budgetDollars", int, 0),
        log_gb_a_day=_as(read, "logGbADay", float, 1.0),
        budget_from=_text(read, "budgetFrom", "2026-11-01"),
    )
    if options.budget_dollars == 0:  # half as much again as the target, so that a normal month stays silent
        options = replace(options, budget_dollars=options.tier.target_dollars * 3 // 2)
    _agree(options)
    return options


def _overridden(base: Tier, read: Read) -> Tier:
    """The tier with the values that the configuration sets; a size brings its own tier."""
    given: dict[str, object] = {}
    for name, key in _TIER_KEYS.items():
        if name in ("plan_tier", "postgres_tier", "target_dollars") or read(key) is None:
            continue
        given[name] = _as(read, key, type(getattr(base, name)), getattr(base, name))
    changed = replace(base, **given)  # type: ignore[arg-type]
    return replace(changed, plan_tier=plan_tier(changed.plan_sku), postgres_tier=postgres_tier(changed.postgres_sku))


def _agree(options: Options) -> None:
    """Values that do not go together, refused before anything is created."""
    _agree_on_sizes(options.tier)
    _agree_on_instances(options)
    _agree_on_domains(options)
    _agree_on_mail(options.mail)


def _agree_on_sizes(size: Tier) -> None:
    if size.high_availability not in ("Disabled", "ZoneRedundant", "SameZone"):
        raise BadInput(f"highAvailability '{size.high_availability}' is not known; choose Disabled, SameZone or ZoneRedundant")
    if size.high_availability != "Disabled" and size.postgres_tier == "Burstable":
        raise BadInput(f"{size.postgres_sku} is Burstable and has no high availability; choose Standard_D2s_v3, or Disabled")
    if size.staging_slot and size.plan_tier == "Basic":
        raise BadInput(f"plan {size.plan_sku} is Basic and has no slots; choose P1v2 or P0v3, or set stagingSlot to false")
    if not 7 <= size.backup_days <= 35:
        raise BadInput(f"backupDays is {size.backup_days}; PostgreSQL keeps backups from 7 to 35 days")
    if size.storage_sku not in STORAGE_SKUS:
        raise BadInput(f"storageSku '{size.storage_sku}' is not known; choose one of {', '.join(STORAGE_SKUS)}")
    if not 0 <= size.trace_ratio <= 1:
        raise BadInput(f"traceRatio is {size.trace_ratio}; it is a share from 0 to 1")
    if size.postgres_gb not in POSTGRES_GB:
        raise BadInput(f"postgresGb is {size.postgres_gb}; disks are of {', '.join(map(str, POSTGRES_GB))} GB")


def _agree_on_instances(options: Options) -> None:
    size = options.tier
    if options.most_instances > 1 and size.plan_tier == "Basic":
        raise BadInput(
            f"plan {size.plan_sku} is Basic and does not scale by itself; choose P1v2 or P0v3, or set mostInstances to 1"
        )
    if options.most_instances > 1 and not options.redis:
        raise BadInput("several instances share their limits and news in Redis; set redis to true, or mostInstances to 1")
    if not 1 <= options.most_instances <= 30:
        raise BadInput(f"mostInstances is {options.most_instances}; it is a number from 1 to 30")


def _agree_on_domains(options: Options) -> None:
    if bool(options.api_domain) != bool(options.web_domain):
        raise BadInput("apiDomain and webDomain go together; set both, below one domain, or neither")
    if options.api_domain and options.api_domain.split(".")[-2:] != options.web_domain.split(".")[-2:]:
        raise BadInput(
            f"{options.api_domain} and {options.web_domain} are not below one domain, so that browsers would not send the"
            " sign-in cookie; choose two names of one domain"
        )


def _agree_on_mail(mail: Mail) -> None:
    if not mail.host:
        if mail.user or mail.sender:
            raise BadInput("smtpUser and mailFrom go with a server; set smtpHost, or leave all of them out")
        return
    if not _MAIL.search(mail.sender):
        raise BadInput(f"mailFrom is '{mail.sender}'; set it to whom mails come from: Fleet <fleet@example.com>")
    if mail.user and mail.tls == "none":
        raise BadInput(
            "smtpTls is none, and a password is never sent in clear; choose starttls or implicit, or leave smtpUser out"
        )
    if not 1 <= mail.port <= 65535:
        raise BadInput(f"smtpPort is {mail.port}; it is a number from 1 to 65535")
    if mail.port == 25:
        raise BadInput("smtpPort is 25, on which Azure lets no mail out; choose 587, or 465 with smtpTls implicit")


def _needed(read: Read, key: str, what: str) -> str:
    value = _text(read, key, "")
    if not value:
        raise BadInput(f"'{key}' is missing; set it to {what}: pulumi config set {key} VALUE")
    return value


def _text(read: Read, key: str, default: str) -> str:
    value = read(key)
    return default if value is None else str(value).strip()


def _as(read: Read, key: str, kind: type[T], default: T) -> T:
    """A value of a kind. Pulumi's configuration has only strings, a test's has the kinds themselves."""
    value = read(key)
    if value is None:
        return default
    text = str(value).strip()
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]  # type: ignore[return-value]
        return kind(text)  # type: ignore[call-arg]
    except (KeyError, ValueError):
        word = {bool: "true or false", int: "a whole number", float: "a number"}.get(kind, "a text")
        raise BadInput(f"'{key}' is '{text}'; it has to be {word}") from None


def _choice(read: Read, key: str, choices: tuple[T, ...], default: T) -> T:
    value = read(key)
    if value is None:
        return default
    for choice in choices:
        if value == choice:
            return choice
    raise BadInput(f"'{key}' is '{value}'; choose one of {', '.join(map(str, choices))}")


def _uuid(read: Read, key: str) -> UUID:
    value = _needed(read, key, "the object id of the Entra group that administers the database")
    try:
        return UUID(value)
    except ValueError:
        raise BadInput(f"'{key}' is '{value}'; it has to be an object id, like 00000000-0000-0000-0000-000000000000") from None


def _mail(read: Read) -> Mail:
    return Mail(
        host=_host(read, "smtpHost"),
        port=_as(read, "smtpPort", int, 587),
        tls=_choice(read, "smtpTls", ("starttls", "implicit", "none"), "starttls"),
        user=_text(read, "smtpUser", ""),
        sender=_text(read, "mailFrom", ""),
    )


def _host(read: Read, key: str) -> str:
    value = _text(read, key, "")
    if value and not _HOST.fullmatch(value):
        raise BadInput(f"'{key}' is '{value}'; it has to be a host name in small letters, such as api.example.com")
    return value


def _list(read: Read, key: str, shape: re.Pattern[str], what: str) -> tuple[str, ...]:
    """Words separated by commas, as Pulumi's configuration keeps them easily."""
    words = tuple(word.strip() for word in _text(read, key, "").split(",") if word.strip())
    for word in words:
        if not shape.fullmatch(word):
            raise BadInput(f"'{key}' has '{word}'; it has to be {what}, separated by commas")
    return words
