"""Offline evaluation on editorial links."""
