"""What can be done with feeds and their events."""
