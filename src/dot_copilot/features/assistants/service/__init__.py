"""What the API does with assistants."""
