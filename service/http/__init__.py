"""HTTP building blocks without knowledge of articles or overrides."""
