"""How long each document must be kept, legal holds, what may go, and removing it."""
