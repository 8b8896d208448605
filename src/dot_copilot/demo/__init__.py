"""Two made-up carriers for trying the product out. Nobody in them exists, and neither do the licence numbers."""
