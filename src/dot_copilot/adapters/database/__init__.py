"""Ways to sign in to PostgreSQL."""
