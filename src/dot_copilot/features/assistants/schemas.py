"""What the Assistants page and the consent page speak on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.core.scopes import Scope

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(description="Hex SHA-256 of a definition")]
Kind = Literal["tool", "prompt", "resource", "template"]
ToolStatus = Literal["approved", "new", "changed", "rejected"]
Secret = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=512, pattern=r"^[!-~]+$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConsentClient(BaseModel):
    """The assistant that asks. `redirect_host` is where the answer goes: a host, 'this computer', or an application's scheme.
    `verified`: the name is published at the client's own address and the answer goes there too; else anyone can claim it.
    """

    id: str
    name: str
    uri: str | None
    redirect_host: str
    verified: bool


class ConsentTool(BaseModel):
    """A tool that a scope opens."""

    name: str
    title: str
    description: str


class ConsentScope(BaseModel):
    """One thing the assistant asks for. `allowed`: the signed-in person's role holds it, so that they may grant it."""

    scope: Scope
    title: str
    description: str
    write: bool
    allowed: bool
    tools: list[ConsentTool]


class ConsentRequest(BaseModel):
    """What an assistant asks for, and until when it can be answered."""

    id: str
    client: ConsentClient
    scopes: list[ConsentScope]
    expires_at: datetime


class Approval(_In):
    """What the person grants: some or all of what was asked for."""

    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))


class ConsentAnswer(BaseModel):
    """Where the browser goes now: back to the assistant."""

    redirect_to: str


class ConnectionUser(BaseModel):
    """Whose connection it is."""

    id: UUID
    name: str


class Connection(BaseModel):
    """An assistant that is connected. `last_used_at` is when it last called a tool."""

    id: UUID
    client_name: str
    client_id: str
    user: ConnectionUser
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None


class Connections(BaseModel):
    """Connections that stand, the newest first."""

    items: list[Connection]


class GithubToken(BaseModel):
    """Whether a GitHub token is attached; the token itself never leaves. `checked`: GitHub answered that it is good."""

    attached: bool
    login: str | None = None
    attached_at: datetime | None = None
    checked: bool = False


class GithubTokenAttach(_In):
    """A personal access token of GitHub."""

    token: Secret = Field(json_schema_extra={"format": "password"})


class Upstream(BaseModel):
    """A server behind the gateway. `quarantined`: how many of its definitions wait for an administrator."""

    name: str
    state: Literal["ready", "down", "starting", "off"]
    detail: str | None
    tools: int
    quarantined: int
    checked_at: datetime | None


class Upstreams(BaseModel):
    """The servers behind the gateway, by name."""

    items: list[Upstream]


class Definition(BaseModel):
    """What an upstream says of a tool, prompt or resource, and the hash that stands for exactly this."""

    hash: str
    definition: dict[str, Any]


class QuarantineItem(BaseModel):
    """A definition that nobody approved: `new`, or `changed` since `approved` was. It is not listed and not callable."""

    upstream: str
    kind: Kind
    name: str
    status: Literal["new", "changed"]
    offered: Definition
    approved: Definition | None
    seen_at: datetime


class Quarantine(BaseModel):
    """What waits for an administrator, by upstream and name."""

    items: list[QuarantineItem]


class QuarantineDecision(_In):
    """The hash of the definition that was looked at: what has changed meanwhile is not decided."""

    hash: Hash


class AssistantTool(BaseModel):
    """A tool that some upstream offers. `read_only` and `destructive` are what the upstream says of it."""

    upstream: str
    name: str
    title: str
    description: str
    scope: Scope | None
    read_only: bool
    destructive: bool
    status: ToolStatus


class AssistantTools(BaseModel):
    """Tools of the scopes that the role holds, by upstream and name."""

    items: list[AssistantTool]


class AssistantCall(BaseModel):
    """A call as the audit log has it. `seq` is the entry's number there, `count` how many refusals of one kind it stands for."""

    seq: int
    at: datetime
    user: ConnectionUser | None
    client_name: str
    client_id: str | None
    upstream: str
    tool: str
    outcome: str
    duration_ms: float | None
    arguments_sha256: str | None
    count: int


class AssistantCalls(BaseModel):
    """A page of calls, the newest first."""

    items: list[AssistantCall]
    next_cursor: str | None


class TranscriptEntry(BaseModel):
    """A call as it is kept for 30 days. `trace_id` is that of its log lines, if it was followed.

    `upstream` is the server whose tool was called, null for our own tools.
    """

    id: str
    at: datetime
    user: ConnectionUser | None
    client_name: str
    upstream: str | None
    tool: str
    outcome: Literal["ok", "tool_error", "error", "timeout", "cancelled"]
    duration_ms: float
    trace_id: str | None
    expires_at: datetime


class Transcript(BaseModel):
    """A page of calls, the newest first. `mode`: what the installation keeps of a call."""

    mode: Literal["off", "arguments", "full"]
    items: list[TranscriptEntry]
    next_cursor: str | None


class TranscriptCall(TranscriptEntry):
    """One call: what was asked, and of the answer its size and SHA-256 as JSON. `result` is null where it is not kept."""

    arguments: Any
    result_bytes: int
    result_sha256: str
    result: Any


class AssistantSetup(BaseModel):
    """What a client needs to be told: the address. It finds everything else by itself."""

    mcp_url: str
