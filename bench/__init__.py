"""Benchmarks: `make bench` runs them all on loopback and writes bench/REPORT.md."""
