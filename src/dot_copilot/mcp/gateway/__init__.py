"""The gateway: one authenticated endpoint in front of several MCP servers."""
