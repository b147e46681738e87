"""Tokens, TF-IDF weights and near-duplicates."""
