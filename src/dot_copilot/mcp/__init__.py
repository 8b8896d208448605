"""MCP: our own server, and the gateway that puts it and other servers behind one door."""
