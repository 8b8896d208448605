"""DOT-Copilot: driver qualification files and training, audit-ready under FMCSA rules."""

__version__ = "0.1.0"
