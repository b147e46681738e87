"""The linear ranker, how it is fitted, and ranking metrics."""
