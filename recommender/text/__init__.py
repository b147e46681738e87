"""Text cleaning: strings in, strings out. Knows no Article."""
