"""Sentence embeddings, diversity vectors and the search for the largest values."""
