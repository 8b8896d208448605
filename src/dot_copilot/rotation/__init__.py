"""Replacing signing keys and database passwords while everything runs: no request fails, nobody is signed out (ADR 23)."""
