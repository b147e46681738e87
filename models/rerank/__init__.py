"""From scored candidates to a list: pruning, recency and diversification."""
