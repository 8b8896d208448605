"""Tools about tools: find the few that matter among many, and call one by name."""
