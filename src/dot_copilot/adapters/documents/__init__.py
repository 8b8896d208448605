"""Stores of raw event documents."""
