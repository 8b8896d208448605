"""AI assistants: the OAuth 2.1 authorization server they connect through, and what a person sees and decides of them."""
