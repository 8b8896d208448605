"""What the API, the shell and the demo data do with people."""

from __future__ import annotations

from dot_copilot.features.identity.service.users import CreatedUser, create_user

__all__ = ["CreatedUser", "create_user"]
