"""The parts of the platform: a component resource each, with typed arguments and its outputs as attributes."""
