"""What the conformance suite expects of multi-round-trip results (SEP-2322): tools and a prompt that ask for more input."""

from __future__ import annotations

import json
from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    ListRootsResult,
    SamplingMessage,
    TextContent,
)


def ask_user(message: str, field: str, kind: str = "string") -> ElicitRequest:
    """A form with one field."""
    schema: dict[str, Any] = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def ask_model(text: str) -> CreateMessageRequest:
    """A question to the client's model."""
    message = SamplingMessage(role="user", content=TextContent(type="text", text=text))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=50))


def said(answer: Any, field: str) -> str:
    """What the user filled in, or "?"."""
    return str(answer.content.get(field, "?")) if isinstance(answer, ElicitResult) and answer.content else "?"


def add_single_rounds(server: MCPServer) -> None:  # noqa: C901 - a list of handlers
    """One question each."""

    @server.tool()
    async def test_input_required_result_elicitation(ctx: Context) -> str | InputRequiredResult:
        """Asks the user's name."""
        given = ctx.input_responses or {}
        if "user_name" in given:
            return f"Hello, {said(given['user_name'], 'name')}!"
        return InputRequiredResult(input_requests={"user_name": ask_user("What is your name?", "name")})

    @server.tool()
    async def test_streaming_elicitation(ctx: Context) -> str | InputRequiredResult:
        """Reports progress, then asks."""
        await ctx.report_progress(progress=1, total=2)
        if ctx.input_responses:
            return "answered"
        return InputRequiredResult(input_requests={"user_name": ask_user("What is your name?", "name")})

    @server.tool()
    async def test_input_required_result_sampling(ctx: Context) -> str | InputRequiredResult:
        """Asks the model."""
        answer = (ctx.input_responses or {}).get("capital_question")
        if isinstance(answer, CreateMessageResult):
            return f"Model said: {answer.content.text if isinstance(answer.content, TextContent) else '?'}"
        return InputRequiredResult(input_requests={"capital_question": ask_model("What is the capital of France?")})

    @server.tool()
    async def test_input_required_result_list_roots(ctx: Context) -> str | InputRequiredResult:
        """Asks for roots."""
        answer = (ctx.input_responses or {}).get("client_roots")
        if isinstance(answer, ListRootsResult):
            return f"Client exposed {len(answer.roots)} root(s)."
        return InputRequiredResult(input_requests={"client_roots": ListRootsRequest()})

    @server.prompt()
    async def test_input_required_result_prompt(ctx: Context) -> list[UserMessage] | InputRequiredResult:
        """Asks what the prompt is about."""
        given = ctx.input_responses or {}
        if "user_context" in given:
            text = f"Use the following context: {said(given['user_context'], 'context')}"
            return [UserMessage(content=TextContent(type="text", text=text))]
        asked = ask_user("What context should the prompt use?", "context")
        return InputRequiredResult(input_requests={"user_context": asked})


def add_states(server: MCPServer) -> None:  # noqa: C901 - a list of handlers
    """Questions with a state that travels through the client."""

    @server.tool()
    async def test_input_required_result_request_state(ctx: Context) -> str | InputRequiredResult:
        """Wants its state back."""
        if "confirm" in (ctx.input_responses or {}) and ctx.request_state == "nonce":
            return "state-ok: confirmation received"
        asked = ask_user("Please confirm", "ok", "boolean")
        return InputRequiredResult(input_requests={"confirm": asked}, request_state="nonce")

    @server.tool()
    async def test_input_required_result_tampered_state(ctx: Context) -> str | InputRequiredResult:
        """Must never see a state it did not give."""
        if ctx.request_state is not None:
            return f"state-ok: {ctx.request_state}"
        asked = ask_user("Please confirm", "ok", "boolean")
        return InputRequiredResult(input_requests={"confirm": asked}, request_state="round-1")

    @server.tool()
    async def test_input_required_result_multiple_inputs(ctx: Context) -> str | InputRequiredResult:
        """Asks three things at once."""
        if (ctx.input_responses or {}).keys() >= {"user_name", "greeting", "client_roots"}:
            return "All inputs received."
        asked: dict[str, InputRequest] = {
            "user_name": ask_user("What is your name?", "name"),
            "greeting": ask_model("Generate a greeting"),
            "client_roots": ListRootsRequest(),
        }
        return InputRequiredResult(input_requests=asked, request_state="three")

    @server.tool()
    async def test_input_required_result_multi_round(ctx: Context) -> str | InputRequiredResult:
        """Asks twice, and remembers the first answer in its state."""
        state = json.loads(ctx.request_state) if ctx.request_state else {"round": 0}
        given = ctx.input_responses or {}
        if state["round"] == 1 and "step1" in given:
            kept = json.dumps({"round": 2, "name": said(given["step1"], "name")})
            asked = ask_user("Step 2: What is your favorite color?", "color")
            return InputRequiredResult(input_requests={"step2": asked}, request_state=kept)
        if state["round"] == 2 and "step2" in given:
            return f"{state['name']} likes {said(given['step2'], 'color')}."
        first = ask_user("Step 1: What is your name?", "name")
        return InputRequiredResult(input_requests={"step1": first}, request_state=json.dumps({"round": 1}))

    @server.tool()
    async def test_input_required_result_capabilities(ctx: Context) -> InputRequiredResult:
        """Asks only what the client can answer."""
        able = ctx.client_capabilities
        asked: dict[str, InputRequest] = {}
        if able is None or able.sampling is not None:
            asked["sample"] = ask_model("Say hello")
        if able is None or able.elicitation is not None:
            asked["ask"] = ask_user("What is your name?", "name")
        return InputRequiredResult(input_requests=asked, request_state="able")
