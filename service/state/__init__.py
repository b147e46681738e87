"""The snapshot and the overrides that a worker serves."""
