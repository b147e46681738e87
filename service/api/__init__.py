"""Public endpoints."""
