"""Refuses what Azure would refuse, before anything is created: from dated facts, and from Azure itself when somebody is signed in."""
