"""Audit packets: one PDF a driver, a ZIP for many, and a code by which anybody can check them."""
