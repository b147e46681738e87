"""Benchmarks of quality, on sites whose editors' links are known."""
