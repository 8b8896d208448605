"""Telematics: what Samsara and Motive tell of a carrier's vehicles and drivers, received over signed webhooks."""
