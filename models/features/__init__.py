"""The features of a pair of articles that the ranker scores."""
