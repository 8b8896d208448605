"""The tools, one module each; `TOOLS` is their order on the wire."""

from __future__ import annotations

from typing import Any

from dot_copilot.mcp.server.tool import Tool
from dot_copilot.mcp.server.tools import (
    audit_trail,
    compliance_summary,
    documents,
    driver_file,
    expiring_soon,
    explain_requirement,
    packets,
    record_evidence,
    roster_import_status,
    search_drivers,
)

TOOLS: tuple[Tool[Any], ...] = (
    search_drivers.TOOL,
    driver_file.TOOL,
    compliance_summary.TOOL,
    expiring_soon.TOOL,
    explain_requirement.TOOL,
    record_evidence.TOOL,
    documents.LIST,
    documents.REQUEST,
    documents.SEND,
    documents.QUEUE,
    packets.DRAFT,
    packets.FETCH,
    roster_import_status.TOOL,
    audit_trail.TOOL,
)
BY_NAME = {tool.name: tool for tool in TOOLS}
