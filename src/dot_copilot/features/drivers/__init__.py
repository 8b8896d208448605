"""Drivers, their employments and the facts that decide what applies to them."""
