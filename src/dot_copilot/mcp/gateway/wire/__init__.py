"""The wire: JSON-RPC messages, routing headers, server-sent events."""
