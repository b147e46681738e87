"""Tokens, TF-IDF vectors and near-duplicates."""
