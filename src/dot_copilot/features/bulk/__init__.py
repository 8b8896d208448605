"""Many scans at once: each matched to driver and kind as far as a machine can, the rest sorted by a person, quickly."""
