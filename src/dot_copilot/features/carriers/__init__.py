"""The carrier itself and its terminals."""
