"""What the conformance suite expects of a server: contents, logs, progress, questions to the client, resources, prompts."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.prompts.base import Prompt, UserMessage
from mcp.shared.exceptions import MCPError
from mcp.types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    AudioContent,
    Completion,
    EmbeddedResource,
    ImageContent,
    SamplingMessage,
    TextContent,
    TextResourceContents,
)
from pydantic import BaseModel, Field

# One transparent pixel, and a WAV file without a sample.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="


def _resource(uri: str, text: str, kind: str = "text/plain") -> EmbeddedResource:
    return EmbeddedResource(type="resource", resource=TextResourceContents(uri=uri, mime_type=kind, text=text))


def add_contents(server: MCPServer) -> None:
    """Tools that return each kind of content."""

    @server.tool()
    def test_simple_text() -> str:
        """Returns a text."""
        return "This is a simple text response for testing."

    @server.tool()
    def test_image_content() -> list[ImageContent]:
        """Returns an image."""
        return [ImageContent(type="image", data=PIXEL, mime_type="image/png")]

    @server.tool()
    def test_audio_content() -> list[AudioContent]:
        """Returns a sound."""
        return [AudioContent(type="audio", data=SILENCE, mime_type="audio/wav")]

    @server.tool()
    def test_embedded_resource() -> list[EmbeddedResource]:
        """Returns a resource in the result."""
        return [_resource("test://embedded-resource", "This is an embedded resource content.")]

    @server.tool()
    def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
        """Returns a text, an image and a resource."""
        return [
            TextContent(type="text", text="Multiple content types test:"),
            ImageContent(type="image", data=PIXEL, mime_type="image/png"),
            _resource("test://mixed-content-resource", '{"test": "data", "value": 123}', "application/json"),
        ]

    @server.tool()
    def test_error_handling() -> str:
        """Fails."""
        raise RuntimeError("This tool intentionally returns an error for testing")


def add_talk(server: MCPServer) -> None:
    """Tools that say something while they run."""

    @server.tool()
    async def test_tool_with_logging(ctx: Context) -> str:
        """Logs three lines."""
        for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
            await ctx.info(line)
            await asyncio.sleep(0.05)
        return "Tool with logging executed successfully"

    @server.tool()
    async def test_logging_tool(ctx: Context) -> str:
        """Logs one line, for those who asked for logs."""
        await ctx.info("a line")
        return "logged"

    @server.tool()
    async def test_tool_with_progress(ctx: Context) -> str:
        """Reports its progress three times."""
        for done in (0, 50, 100):
            await ctx.report_progress(progress=done, total=100, message=f"Completed step {done} of 100")
            await asyncio.sleep(0.05)
        return "done"

    @server.tool()
    def test_missing_capability(ctx: Context) -> str:
        """Needs a client that can sample."""
        declared = ctx.session.client_capabilities
        if declared is None or declared.sampling is None:
            needs: dict[str, Any] = {"requiredCapabilities": {"sampling": {}}}
            raise MCPError(code=MISSING_REQUIRED_CLIENT_CAPABILITY, message="This tool needs sampling", data=needs)
        return "The client can sample."

    @server.tool()
    def test_x_mcp_header(
        region: Annotated[str, Field(description="Also a header", json_schema_extra={"x-mcp-header": "Region"})] = "none",
    ) -> str:
        """Takes an argument that clients repeat in a header."""
        return f"region={region}"


class _Answer(BaseModel):
    response: str = Field(description="User's response")


class _Defaults(BaseModel):
    name: str = Field(default="John Doe", description="User name")
    age: int = Field(default=30, description="User age")
    score: float = Field(default=95.5, description="User score")
    status: str = Field(default="active", json_schema_extra={"enum": ["active", "inactive", "pending"]})
    verified: bool = Field(default=True, description="Verification status")


def _titled(*pairs: tuple[str, str]) -> list[Any]:
    return [{"const": value, "title": title} for value, title in pairs]


_LEVELS = _titled(("low", "Low Priority"), ("medium", "Medium Priority"), ("high", "High Priority"))
_TOPICS = _titled(("feature", "New Feature"), ("bug", "Bug Fix"), ("docs", "Documentation"))
_SIZES = {"enum": ["small", "medium", "large"], "enumNames": ["Small Size", "Medium Size", "Large Size"]}


class _Choices(BaseModel):
    untitledSingle: str = Field(json_schema_extra={"enum": ["active", "inactive", "pending"]})  # noqa: N815
    titledSingle: str = Field(json_schema_extra={"oneOf": _LEVELS})  # noqa: N815
    untitledMulti: list[str] = Field(json_schema_extra={"items": {"type": "string", "enum": ["read", "write"]}})  # noqa: N815
    titledMulti: list[str] = Field(json_schema_extra={"items": {"anyOf": _TOPICS}})  # noqa: N815
    legacyEnum: str = Field(json_schema_extra=_SIZES)  # type: ignore[arg-type]  # noqa: N815


def add_questions(server: MCPServer) -> None:
    """Tools that ask the client something while they run (revisions with sessions)."""

    @server.tool()
    async def test_sampling(prompt: str, ctx: Context) -> str:
        """Asks the client's model."""
        message = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
        answer = await ctx.session.create_message(messages=[message], max_tokens=100, related_request_id=ctx.request_id)
        return f"LLM response: {answer.content.text if isinstance(answer.content, TextContent) else '?'}"

    async def ask(ctx: Context, message: str, schema: type[BaseModel], lead: str) -> str:
        answer = await ctx.elicit(message=message, schema=schema)
        content = answer.data.model_dump_json() if answer.action == "accept" else "{}"
        return f"{lead}: action={answer.action}, content={content}"

    @server.tool()
    async def test_elicitation(message: str, ctx: Context) -> str:
        """Asks the user."""
        return await ask(ctx, message, _Answer, "User response")

    @server.tool()
    async def test_elicitation_sep1034_defaults(ctx: Context) -> str:
        """Asks with defaults."""
        return await ask(ctx, "Please provide user information", _Defaults, "Elicitation result")

    @server.tool()
    async def test_elicitation_sep1330_enums(ctx: Context) -> str:
        """Asks with choices."""
        return await ask(ctx, "Please select values", _Choices, "Elicitation completed")


def add_changes(server: MCPServer) -> None:
    """Tools that change the server's own lists."""

    def extra() -> str:
        """Comes and goes."""
        return "extra"

    there = {"tool": False, "prompt": False}

    @server.tool()
    async def test_trigger_tool_change(ctx: Context) -> str:
        """Adds a tool, or takes it away again, and says so."""
        there["tool"] = not there["tool"]
        if there["tool"]:
            server.add_tool(extra, name="test_extra_tool")
        else:
            server.remove_tool("test_extra_tool")
        await ctx.notify_tools_changed()
        return "tool list changed"

    @server.tool()
    async def test_trigger_prompt_change(ctx: Context) -> str:
        """Adds a prompt, or takes it away again, and says so."""
        there["prompt"] = not there["prompt"]
        if there["prompt"]:
            server.add_prompt(Prompt.from_function(extra, name="test_extra_prompt"))
        else:
            server.remove_prompt("test_extra_prompt")
        await ctx.notify_prompts_changed()
        return "prompt list changed"

    @server.tool()
    async def test_touch_resource(ctx: Context) -> str:
        """Says that the watched resource has changed."""
        await ctx.notify_resource_updated("test://watched-resource")
        await ctx.session.send_resource_updated("test://watched-resource")
        return "touched"


def add_resources(server: MCPServer) -> None:
    """Resources, a template, and completions."""

    @server.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        return b"\x89PNG\r\n\x1a\n"

    @server.resource("test://watched-resource", mime_type="text/plain")
    def watched() -> str:
        return "Watched resource content"

    @server.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:  # noqa: A002 - the template's variable
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})

    @server.completion()  # type: ignore[no-untyped-call,untyped-decorator]
    async def complete(ref: Any, argument: Any, context: Any) -> Completion:
        words = [word for word in ("alpha", "beta", "testing") if word.startswith(argument.value)]
        return Completion(values=words, total=len(words), has_more=False)


def add_prompts(server: MCPServer) -> None:
    """Prompts of every shape."""

    @server.prompt()
    def test_simple_prompt() -> list[UserMessage]:
        """Has no arguments."""
        return [UserMessage(content=TextContent(type="text", text="This is a simple prompt for testing."))]

    @server.prompt()
    def test_prompt_with_arguments(arg1: str, arg2: str) -> list[UserMessage]:
        """Has two arguments."""
        text = f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"
        return [UserMessage(content=TextContent(type="text", text=text))]

    @server.prompt()
    def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803 - the suite's name
        """Holds a resource."""
        return [
            UserMessage(content=_resource(resourceUri, "Embedded resource content for testing.")),
            UserMessage(content=TextContent(type="text", text="Please process the embedded resource above.")),
        ]

    @server.prompt()
    def test_prompt_with_image() -> list[UserMessage]:
        """Holds an image."""
        return [
            UserMessage(content=ImageContent(type="image", data=PIXEL, mime_type="image/png")),
            UserMessage(content=TextContent(type="text", text="Please analyze the image above.")),
        ]
