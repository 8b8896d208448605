"""Deploying to the local stack: two colours of processes behind one nginx."""
