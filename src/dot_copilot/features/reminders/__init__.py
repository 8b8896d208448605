"""Tells people in time what runs out: one digest a day, by mail and in the application, each occasion once."""
