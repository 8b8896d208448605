"""Backups of a local stack, encrypted, and a new home from them as of any second that was archived."""
