"""SQL of assistants."""
