"""The gateway's guard: who asks, what they may see and call, how often, and the record of it."""
