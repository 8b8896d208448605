"""Evidence (dated facts) and the files that prove it."""
