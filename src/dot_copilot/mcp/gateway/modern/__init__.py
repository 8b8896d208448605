"""Requests of revision 2026-07-28: no sessions, one POST each."""
