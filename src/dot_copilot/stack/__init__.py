"""The local platform: its topology as inert data, and the engine that runs it.

Nothing here imports the application, and the application imports nothing from here: they meet in environment
variables, ports and command lines only.
"""
