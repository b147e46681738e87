"""The published index on disk."""
