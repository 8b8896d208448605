"""Puts packets on paper: pure functions from files to files, run in a process of their own (`child`).

Nothing here knows the database or the store. What strangers sent is opened here and nowhere else, by libraries written in C, so
a file that brings one down, or never comes to an end, costs this process and not the worker.
"""
