"""What `deploy/compose.yaml` needs before it can start: secrets, certificates, configuration, and images pinned by digest.

The containers run what the local stack runs; what both need is rendered by the same code from the same templates.
"""
