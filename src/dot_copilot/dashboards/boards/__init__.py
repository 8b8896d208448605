"""The dashboards, in the order in which somebody on call opens them."""

from __future__ import annotations

from dot_copilot.dashboards.boards import api, business, database, jobs, mcp, overview
from dot_copilot.dashboards.model import Dashboard

BOARDS: tuple[Dashboard, ...] = (overview.BOARD, api.BOARD, database.BOARD, jobs.BOARD, mcp.BOARD, business.BOARD)
