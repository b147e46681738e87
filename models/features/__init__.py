"""Features of a query article and its candidates: the input of the ranker."""
