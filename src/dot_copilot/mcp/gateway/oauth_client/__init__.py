"""The gateway as an OAuth client of an upstream that asks for a token (`credential = "oauth"`)."""
