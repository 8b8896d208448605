"""Implementations of `core.ports`: one folder a port, one module an implementation."""
