"""What we measure ourselves against, each the shortest honest program of its style."""
