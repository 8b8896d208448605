"""What goes wrong with a call, in words an assistant can act on."""

from __future__ import annotations

from dot_copilot.mcp.server.inside import Refusal

# The API's texts name its routes; an assistant has tools.
_ROUTES = {
    "GET /api/v1/requirements lists them": "explain_requirement without a requirement lists them",
    "GET /api/v1/terminals lists them": "compliance_summary lists the terminals",
}


class ToolError(Exception):
    """The call can't be answered; the text tells the assistant why and what to do."""


def explain(refusal: Refusal) -> str:
    """The API's problem document as a few sentences."""
    if refusal.status == 401:
        return "The connection to DOT-Copilot has ended. Ask the person to connect this assistant again."
    problem = refusal.problem
    text = f"{problem.title}. {problem.detail}"
    for route, tool in _ROUTES.items():
        text = text.replace(route, tool)
    told = [f"{error.field}: {error.problem}" for error in problem.errors if error.problem not in text]
    return " ".join([text, *told]).strip()
