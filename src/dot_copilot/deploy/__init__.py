"""From a version to a platform that serves it: one engine, whose steps work on a `Target` (this machine, or Azure).

It knows the local stack, and nothing of the application: what it deploys may be older or newer than itself.
"""
