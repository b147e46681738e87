"""From sources to the catalogue."""
