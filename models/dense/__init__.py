"""Sentence embeddings and exact nearest neighbours."""
