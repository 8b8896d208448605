"""Scanners for viruses."""
