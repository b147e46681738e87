"""Request-time ranking, numpy only."""
