"""Puts together what those who watch the platform say. A source that fails costs its own share of the page, nothing else."""
