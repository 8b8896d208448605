"""Plain settings from the environment (prefix `DOT_`). Secrets never come this way: see `core.ports.SecretStore`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dot_copilot.version import version


class Settings(BaseSettings):
    """One class for every process of the application; each reads what it needs."""

    model_config = SettingsConfigDict(env_prefix="DOT_", extra="ignore")

    part: str = "api"
    home: Path = Path(".dot-copilot")
    public_url: str = "http://localhost:8080"
    # Where the pages are, if not there too: they then call this API across origins, which the door in front of it must allow.
    web_url: str = ""
    version: str = Field(default_factory=version)
    # Which of two sets of processes this one belongs to, where there are two (`dot-copilot deploy`).
    colour: str = ""

    database_host: str = "127.0.0.1"
    database_port: int = 5432
    database_name: str = "dot_copilot"
    database_pool: int = 12
    # Where Microsoft Entra vouches for us: the server's login of this process's identity, which then takes on the role it works
    # as. Without it each role has a login and a password of its own.
    database_login: str = ""
    database_tls: Literal["prefer", "verify-full"] = "prefer"

    valkey_host: str = "127.0.0.1"
    valkey_port: int = 6379
    valkey_tls: bool = False

    blob_endpoint: str = "http://127.0.0.1:10000/dotcopilot"
    blob_account: str = "dotcopilot"
    blob_container: str = "uploads"
    blob_login: Literal["key", "entra"] = "key"

    # Uploads: how much of each kind is taken (MB), in parts of how much (MiB; a part is held in memory while it is checked), and
    # where the virus scanner listens: host:port, or the path of its socket. Without one, files are not scanned.
    upload_photo_mb: int = Field(default=25, ge=1)
    upload_pdf_mb: int = Field(default=100, ge=1)
    upload_video_mb: int = Field(default=500, ge=1, le=8000)
    upload_part_mib: int = Field(default=8, ge=1, le=64)
    clamd: str = ""

    secrets_backend: Literal["openbao", "file", "keyvault"] = "openbao"
    secrets_file: Path | None = None
    openbao_url: str = "http://127.0.0.1:8200"
    openbao_role_id: str = ""
    openbao_secret_id_file: Path | None = None
    keyvault_url: str = ""
    keyvault_people_url: str = ""
    # How often a process looks whether signing keys and passwords were replaced (seconds; 0: 60, and 5 for a file). On a home's
    # own machine it also looks when a rotation there says so.
    secrets_every: float = Field(default=0, ge=0)

    # How mail leaves: into files below the home (for a laptop), to standard error, or to an SMTP server. With `smtp_user` the
    # password is the secret `smtp_password`. Without TLS a password is never sent.
    mail: Literal["file", "console", "smtp"] = "file"
    mail_from: str = "DOT-Copilot <dot-copilot@localhost>"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 587
    smtp_tls: Literal["starttls", "implicit", "none"] = "starttls"
    smtp_user: str = ""

    access_token_seconds: int = 600
    refresh_token_days: int = 14
    secure_cookies: bool = False
    sign_in_attempts: int = 5
    lockout_minutes: int = 15
    sign_ins_per_minute: int = 60

    # The MCP gateway: its configuration (TOML), where calls wait for the audit log, and how many a person may make of one tool.
    gateway_config: Path = Path("deploy/gateway/gateway.toml")
    gateway_spool: Path | None = None
    gateway_spool_mb: int = 64
    gateway_calls_per_minute: int = 600

    assistant_token_seconds: int = 900
    oauth_registrations_per_minute: int = 60
    oauth_requests_per_minute: int = 600
    github_api: str = "https://api.github.com"

    # Who may knock at the API's inner doors besides this machine itself: networks, as 10.0.0.0/8, separated by commas. In
    # containers the gateway is a neighbour, not the same machine. What came through nginx is refused whatever this says.
    neighbours: str = ""

    # Telemetry: where traces and logs go besides standard error (a list of `file`, `otlp`, `azure`, or `none`), the share of
    # traces that is kept, about how many a second a process keeps of that share at most (0: any number; always so where Azure
    # counts on a fixed share), and the port on which metrics are served on this machine (0: on none).
    telemetry: str = "file"
    trace_ratio: float = Field(default=0.1, ge=0, le=1)
    traces_per_second: float = Field(default=25, ge=0)
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"

    # What the Operations page asks (Prometheus and Alertmanager with the password that has this name in the secret store), and
    # whose administrators see it: everybody's on a local installation when this is empty, and nobody's elsewhere; else those of
    # the carriers with these USDOT numbers.
    prometheus_url: str = ""
    alertmanager_url: str = ""
    watching_secret: str = ""
    supervisor_url: str = ""
    logs_dir: Path | None = None
    operations_carriers: str = ""

    event_documents: Literal["postgres", "mongodb"] = "postgres"
    mongodb_url_secret: str = "mongodb_url"  # noqa: S105 - the name of a secret, not its value
    # What is kept of assistants' calls for 30 days besides the audit log: nothing, what was asked, or the answers too (ADR 16).
    assistant_transcript: Literal["off", "arguments", "full"] = "arguments"

    @field_validator("logs_dir", mode="before")
    @classmethod
    def _no_directory(cls, value: object) -> object:
        return value or None

    @property
    def secrets_seconds(self) -> float:
        """How often a process looks whether secrets have been replaced."""
        return self.secrets_every or (5.0 if self.secrets_backend == "file" else 60.0)

    @property
    def pages_url(self) -> str:
        """Where people open the application in a browser."""
        return self.web_url or self.public_url

    @property
    def is_local(self) -> bool:
        """Whether people reach this installation on their own machine only: then clients there may be as plain as it is."""
        return urlsplit(self.public_url).hostname in ("localhost", "127.0.0.1", "::1")
