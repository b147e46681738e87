"""Readers of HTTP sources."""
