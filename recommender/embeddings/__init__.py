"""Encoder registry and embedding cache."""
