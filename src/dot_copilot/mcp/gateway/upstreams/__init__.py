"""The legs to the servers behind the gateway, one module a kind."""
