"""SQL of people and sessions."""
