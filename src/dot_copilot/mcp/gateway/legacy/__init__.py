"""Revisions up to 2025-11-25: sessions, initialize, the GET stream."""
