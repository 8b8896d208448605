"""Shares: some drivers' files for an auditor to read, for a while, by a link and a code."""
