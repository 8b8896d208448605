"""Our own MCP server: the product's records as tools, resources and prompts, with exactly the rights of the person.

`protocol` and `mount` alone know the `mcp` SDK; the tools know the public API, which they call in process.
"""
