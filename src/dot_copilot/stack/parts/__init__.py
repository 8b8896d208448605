"""What each real server needs around its process."""
