"""People: sign-in, sessions, passwords, roles, and the administration of users."""
