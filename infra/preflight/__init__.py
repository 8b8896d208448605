"""Refuses what Azure would refuse, before anything is created: from dated facts, and from Azure when somebody is signed in."""
