"""The Azure platform. It imports nothing of the application: what the two share are names, and tests compare them."""
