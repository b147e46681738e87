"""Statistics of a snapshot and of overrides."""
